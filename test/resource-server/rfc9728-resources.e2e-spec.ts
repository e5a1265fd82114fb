import { Controller, Get } from '@nestjs/common';
import {
  AnyScope,
  BearerAuth,
  ProtectedResource,
  ResourceServerModule,
  Scopes,
} from '../../src/resource-server/index.js';
import { bootError } from '../support/boot-error.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { createResourceServer, type ResourceServer } from '../support/resource-server.js';

const MCP = 'https://api.example.com/mcp';
const FILES = 'https://api.example.com/files';
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

@Controller('tools')
class ToolsController {
  @Get('read') @ProtectedResource('/mcp') @Scopes('files:read') read() {
    return {};
  }
  @Get('files') @BearerAuth({ resource: FILES }) files() {
    return {};
  }
  @Get('any') @ProtectedResource('/mcp') @AnyScope('files:list', 'files:admin') any() {
    return {};
  }
}

describe.each(['express', 'fastify'] as const)('protected resources without a database, on %s', (adapter) => {
  let issuer: OutsideIssuer;
  let host: ResourceServer;
  let single: ResourceServer;
  beforeAll(async () => {
    issuer = await new OutsideIssuer().start();
    const issuers = [{ issuer: issuer.url }];
    host = await createResourceServer(
      {
        issuers,
        allowPrivateNetwork: true,
        resources: [
          { resource: MCP, name: 'Tools', minimumScopes: ['files:list', 'offline_access'] },
          { resource: FILES },
        ],
        impliedScopes: { 'files:write': ['files:read'], 'files:read': ['files:list'] },
      },
      // CORS of the host's own knows nothing of the clients that read the document.
      {
        adapter,
        controllers: [ToolsController],
        configure: (app) => app.enableCors({ origin: 'https://host.example' }),
      },
    );
    single = await createResourceServer(
      { issuers, allowPrivateNetwork: true, resources: [{ resource: FILES }] },
      { adapter },
    );
  });
  afterAll(async () => {
    await Promise.all([host?.close(), single?.close()]);
    await issuer.stop();
  });

  const token = (aud: string, scope = 'files:list') => issuer.token({ aud, scope });
  const at = async (path: string, bearer: string) => (await send(`${host.url}/tools/${path}`, { bearer })).status;

  it('G12 G13 RFC 9728 2: the document names the issuers whose tokens are taken', async () => {
    for (const path of ['', '/', '/mcp', '/mcp/']) {
      const answer = await send(host.url + WELL_KNOWN + path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.body).toEqual({
        resource: MCP,
        authorization_servers: [issuer.url],
        scopes_supported: ['files:list'],
        bearer_methods_supported: ['header'],
        resource_name: 'Tools',
      });
      expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect((await send(host.url + WELL_KNOWN + path, { method: 'HEAD' })).status).toBe(200);
    }
    expect((await send(`${host.url}${WELL_KNOWN}/files`)).body.resource).toBe(FILES);
    expect((await send(`${host.url}${WELL_KNOWN}/nowhere`)).status).toBe(404);
  });

  it('0.5 CORS: any origin may read it, whatever CORS the host has', async () => {
    const headers = { origin: 'https://inspector.example' };
    const document = await send(`${host.url}${WELL_KNOWN}/mcp`, { headers });
    expect(document.headers.get('access-control-allow-origin')).toBe('*');
    const preflight = await send(`${host.url}${WELL_KNOWN}/mcp`, {
      method: 'OPTIONS',
      headers: {
        ...headers,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'mcp-protocol-version',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('MCP-Protocol-Version');
    // Other paths are the host's.
    expect((await send(`${host.url}/api/open`, { headers })).headers.get('access-control-allow-origin')).toBe(
      'https://host.example',
    );
  });

  it('G15 RFC 9728 5.1: challenges lead to it, with the scopes of the operation', async () => {
    const first = await send(`${host.url}/tools/read`);
    expect([first.status, first.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="api", resource_metadata="https://api.example.com${WELL_KNOWN}/mcp", scope="files:list files:read"`,
    ]);
    const lacking = await send(`${host.url}/tools/read`, { bearer: await token(MCP) });
    expect([lacking.status, lacking.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringMatching(/resource_metadata="[^"]+\/mcp", error="insufficient_scope", .*scope="files:read"$/),
    ]);
  });

  it('G16 T179: a token for one is of no use at the other', async () => {
    expect([await at('any', await token(MCP)), await at('any', await token(FILES))]).toEqual([200, 401]);
    expect([await at('files', await token(FILES)), await at('files', await token(MCP))]).toEqual([200, 401]);
    expect(await at('files', await token('https://elsewhere.example'))).toBe(401);
  });

  it('G16 impliedScopes: who holds the wider scope holds the narrower, over several steps, and never the other way', async () => {
    expect([
      await at('read', await token(MCP, 'files:write')),
      await at('any', await token(MCP, 'files:write')),
    ]).toEqual([200, 200]);
    expect([await at('read', await token(MCP, 'files:list')), await at('any', await token(MCP, 'other'))]).toEqual([
      403, 403,
    ]);
  });

  it('where there is one resource, it is that of every route', async () => {
    const answer = await send(`${single.url}/api/scoped`);
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer realm="api", resource_metadata="https://api.example.com${WELL_KNOWN}/files", scope="reports:read"`,
    );
    expect((await send(`${single.url}/api/me`, { bearer: await token(FILES) })).status).toBe(200);
    expect((await send(`${single.url}/api/me`, { bearer: await token(MCP) })).status).toBe(401);
    // Of two nobody knows which one a route without a name belongs to.
    expect((await send(`${host.url}/api/me`)).headers.get('www-authenticate')).toBe('Bearer realm="api"');
  });
});

describe('options of resources without a database', () => {
  const boot = (options: object) =>
    bootError(() => [ResourceServerModule.forRoot({ issuers: [{ issuer: 'https://issuer.example' }], ...options })]);

  it.each([
    [{ resources: [{ resource: MCP }, { resource: 'https://API.example.com/mcp' }] }, 'are one resource'],
    [{ resources: [{ resource: MCP, accessTokenFormat: 'jwt' }] }, 'accessTokenFormat'],
    [
      { resources: [{ resource: MCP, dpopBoundAccessTokensRequired: true }] },
      'takes bound tokens alone, and without an origin no proof can be checked. Give dpop.origins.',
    ],
    [{}, 'audience'],
  ])('%j stops the boot', async (options, message) => {
    expect(await boot(options)).toContain(message);
  });
});
