import { Controller, Get, Injectable } from '@nestjs/common';
import { AuthModule, BearerAuth, ProtectedResource, type AuthOptions } from '../../src/index.js';
import { testOptions } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { BARE, createProtectedHost, FILES, MCP, TWIN, type ProtectedHost } from '../support/protected-host.js';

const RESOURCES = { resources: [{ resource: MCP }, { resource: TWIN }] };

describe.each(['express', 'fastify'] as const)(
  'T179 L15 RFC 9700 2.3, 4.10.2: tokens at the wrong door, on %s',
  (adapter) => {
    let host: ProtectedHost;
    beforeAll(async () => {
      host = await createProtectedHost(adapter);
    });
    afterAll(() => host.close());

    const DOORS = ['own', 'issuer', 'mcp', 'files', 'bare'] as const;
    const opened = async (token: string) => {
      const answers = await Promise.all(DOORS.map((path) => send(`${host.url}/resources/${path}`, { bearer: token })));
      expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true);
      return DOORS.filter((_, index) => answers[index]!.status === 200);
    };

    it('T179 a token for a resource opens that one: neither another (confused deputy) nor the issuer', async () => {
      for (const [resource, door] of [
        [MCP, 'mcp'],
        [FILES, 'files'],
        [BARE, 'bare'],
      ] as const)
        expect([resource, await opened(await host.token('files:list', resource))]).toEqual([resource, [door]]);
      expect(await opened(await host.token('files:list', TWIN))).toEqual([]);
    });

    it('T179 a token for nothing in particular is for the issuer, and opens no resource', async () => {
      expect(await opened(await host.token('files:list'))).toEqual(['own', 'issuer']);
      expect(await opened(await host.token('files:list', 'http://LOCALHOST:3000'))).toEqual(['own', 'issuer']);
    });

    it('G16 in the header alone: not in the query, not in a body', async () => {
      const token = await host.token('files:list', MCP);
      expect((await send(`${host.url}/resources/mcp?access_token=${token}`)).status).toBe(401);
    });
  },
);

describe('T179 tokens of outside issuers', () => {
  let issuer: OutsideIssuer;
  let host: ProtectedHost;
  beforeAll(async () => {
    issuer = await new OutsideIssuer().start();
    @Controller('outside')
    class OutsideController {
      @Get('mcp') @ProtectedResource(MCP, { issuer: issuer.url }) mcp() {
        return {};
      }
      @Get('bare') @ProtectedResource(BARE, { issuer: issuer.url }) bare() {
        return {};
      }
    }
    const audience = [MCP, FILES, `${BARE}/`];
    host = await createProtectedHost(
      undefined,
      {},
      {
        allowPrivateNetwork: true,
        jwt: { trustedIssuers: [{ issuer: issuer.url, audience }] },
      },
      [OutsideController],
    );
  });
  afterAll(async () => {
    await host?.close();
    await issuer.stop();
  });

  it('T179 are for the resource that they name, however the empty path is spelled', async () => {
    const at = async (path: string, aud: string) =>
      (await send(`${host.url}/outside/${path}`, { bearer: await issuer.token({ aud }) })).status;
    expect([await at('mcp', MCP), await at('mcp', FILES), await at('bare', `${BARE}/`), await at('bare', MCP)]).toEqual(
      [200, 401, 200, 401],
    );
  });
});

describe('T184 a route that names a resource which there is not', () => {
  @Controller()
  class Unknown {
    @Get() @ProtectedResource('/mcq') tool() {}
  }
  @Controller()
  @ProtectedResource('https://api.example.com/mcq')
  class UnknownClass {}
  @Controller()
  class Twofold {
    @Get() @ProtectedResource('/mcp') tool() {}
  }
  @Injectable()
  class Tools {
    @BearerAuth({ resource: '/tools' }) list() {}
  }

  const boot = (parts: { controllers?: never[]; providers?: never[] }, options: Partial<AuthOptions> = RESOURCES) =>
    bootError(() => [{ module: class Host {}, ...parts }, AuthModule.forRoot(testOptions(options))]);

  it.each([
    [
      'a method',
      { controllers: [Unknown] },
      '@ProtectedResource() at Unknown.tool: /mcq is none of the option resources',
    ],
    [
      'a class',
      { controllers: [UnknownClass] },
      '@ProtectedResource() at UnknownClass: https://api.example.com/mcq is none',
    ],
    [
      'a provider',
      { providers: [Tools] },
      '@ProtectedResource() at Tools.list: /tools is none of the option resources',
    ],
    [
      'a path of two hosts',
      { controllers: [Twofold] },
      `@ProtectedResource() at Twofold.tool: /mcp is the path of ${MCP} and ${TWIN}. Name the whole identifier.`,
    ],
  ])('T184 stops the boot, and is not found by the first request: %s', async (_name, parts, message) => {
    expect(await boot(parts as never)).toContain(message);
  });

  it('T184 so does one that also names an audience', () => {
    expect(() => BearerAuth({ resource: MCP, audience: FILES })).toThrow('Leave audience out.');
  });

  it.each([
    [{ resources: [{ resource: MCP }, { resource: 'https://API.example.com/mcp' }] }, 'are one resource'],
    [{ resources: [{ resource: 'https://api.example.com/#x' }] }, 'is not an absolute URL'],
    [
      { resources: [{ resource: MCP, scopes: ['a'], minimumScopes: ['b'] }] },
      'minimumScopes: "b" is none of its scopes',
    ],
    [{ impliedScopes: { a: ['b'], b: ['a'] } }, 'impliedScopes: "a" implies itself'],
    [{ impliedScopes: { 'a b': ['c'] } }, 'impliedScopes'],
    [{ impliedScopes: { a: 'b' } }, 'impliedScopes["a"]: it is'],
  ])('options that contradict each other stop the boot: %j', async (options, message) => {
    expect(await boot({}, options as never)).toContain(message);
  });
});
