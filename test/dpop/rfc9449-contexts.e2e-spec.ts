import { Controller, Get, Injectable, UseGuards, type INestApplication } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import type { IncomingMessage, ServerResponse } from 'node:http';
import passport from 'passport';
import {
  AuthGuard,
  BearerAuth,
  BearerStrategy,
  CurrentPrincipal,
  Scopes,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { askWith, tcpClient } from '../support/ask.js';
import { DpopKey } from '../support/dpop.js';
import { askTokens, boundTokens, spentProofs, told, visit } from '../support/dpop-grants.js';
import { freePort } from '../support/free-port.js';
import { APOLLO, APOLLO_ON_FASTIFY, MERCURIUS } from '../support/graphql-drivers.js';
import { MATRIX_FIELDS, MatrixResolver, operate } from '../support/graphql.js';
import { send } from '../support/http.js';
import { Navigator, providerOptions, WEB } from '../support/oauth.js';
import { connectWs, type Refused } from '../support/socket-clients.js';
import { PATH, socketGateways } from '../support/socket-gateways.js';

@Injectable()
class TenantGuard extends AuthGuard {
  protected override allows(): boolean {
    return true;
  }
}

@Controller('stacked')
@BearerAuth()
class StackedController {
  @Get('twice') @BearerAuth() @UseGuards(AuthGuard, TenantGuard) twice() {
    return { passed: true };
  }
  @Get('scopes') @Scopes('nobody:has') scopes() {
    return { passed: true };
  }
  @MessagePattern('bound') @BearerAuth() bound(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { subjectId };
  }
}

/** A path of the host that knows nothing of Nest's guards. */
function mountPassport(app: INestApplication): void {
  const authenticator = new passport.Passport();
  authenticator.use(app.get(BearerStrategy));
  const authenticate = authenticator.authenticate('bearer', { session: false }) as (...values: unknown[]) => void;
  app.use('/passport', (request: IncomingMessage, response: ServerResponse) =>
    authenticate(request, response, () => response.end('{}')),
  );
}

const auth = () => providerOptions({}, { transports: { rpc: { credentialField: 'authorization' } } });
const key = new DpopKey();
const proofFor = (path: string, token: string, method = 'GET') => key.proof({ method, url: TEST_ISSUER + path, token });
const tokenOf = async (host: TestApp) => {
  const browser = new Navigator(host);
  await browser.signUp();
  return (await boundTokens(browser, WEB, key, 'openid read:data')).access_token;
};

describe.each(['express', 'fastify'] as const)('RFC 9449 7: guards in every place, on %s', (adapter) => {
  let host: TestApp;
  let token: string;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: auth(),
      controllers: [StackedController],
      providers: [{ provide: APP_GUARD, useExisting: AuthGuard }],
    });
    token = await tokenOf(host);
  });
  afterAll(() => host.close());

  it('guards of the application, the class, the handler and the host are content with one proof, once', async () => {
    const before = await spentProofs(host);
    const proof = proofFor('/stacked/twice', token);
    expect(told(await visit(host, '/stacked/twice', token, proof))).toBe('200');
    expect(await spentProofs(host)).toBe(before + 1);
    expect(told(await visit(host, '/stacked/twice', token, proof))).toBe('401 invalid_dpop_proof');
  });

  it('B5: a request that is refused for its scope spends no proof', async () => {
    const before = await spentProofs(host);
    expect(told(await visit(host, '/stacked/scopes', token, key))).toBe('403 insufficient_scope');
    expect(await spentProofs(host)).toBe(before);
  });

  it('RFC 9449 4.3: HEAD and a query are what the proof says and leaves out', async () => {
    const ask = (method: string, proof: string) =>
      send(`${host.url}/stacked/twice?a=1`, { method, headers: { authorization: `DPoP ${token}`, dpop: proof } });
    expect((await ask('HEAD', proofFor('/stacked/twice', token, 'HEAD'))).status).toBe(200);
    expect((await ask('HEAD', proofFor('/stacked/twice', token))).status).toBe(401);
    expect((await ask('GET', proofFor('/stacked/twice', token))).status).toBe(200);
    expect((await ask('GET', proofFor('/stacked/twice?a=1', token))).status).toBe(200);
    expect((await ask('GET', proofFor('/stacked/twice?b=2#c', token))).status).toBe(200);
  });

  it('B3, T013: the address is of the issuer, whatever Host and proxies say', async () => {
    const headers = {
      authorization: `DPoP ${token}`,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    };
    const ask = (dpop: string) => send(`${host.url}/stacked/twice`, { headers: { ...headers, dpop } });
    expect((await ask(proofFor('/stacked/twice', token))).status).toBe(200);
    const elsewhere = key.proof({ method: 'GET', url: 'https://evil.example/stacked/twice', token });
    expect(told(await ask(elsewhere))).toBe('401 invalid_dpop_proof');
    const byHost = key.proof({ method: 'GET', url: `${host.url}/stacked/twice`, token });
    expect(told(await ask(byHost))).toBe('401 invalid_dpop_proof');
  });
});

describe('RFC 9449 4.3: the addresses of guarded routes', () => {
  it('T153 a proof for a resource server is of no use here; another origin of ours has to be named', async () => {
    const [others, ours] = ['https://api.example.com', 'https://www.example.com'];
    const host = await createTestApp({
      auth: providerOptions({}, { resources: [{ resource: others }], dpop: { origins: [ours] } }),
      controllers: [StackedController],
    });
    try {
      const token = await tokenOf(host);
      const visitBy = (origin: string) => {
        const proof = key.proof({ method: 'GET', url: `${origin}/stacked/twice`, token });
        return visit(host, '/stacked/twice', token, proof);
      };
      expect(told(await visitBy(others))).toBe('401 invalid_dpop_proof');
      expect(told(await visitBy(ours))).toBe('200');
      expect(told(await visitBy(TEST_ISSUER))).toBe('200');
      const elsewhere = key.proof({ url: `${ours}/api/auth/oauth2/token` });
      expect(told(await askTokens(host, WEB, { grant_type: 'refresh_token', refresh_token: 'x' }, elsewhere))).toBe(
        '400 invalid_dpop_proof',
      );
    } finally {
      await host.close();
    }
  });
});

describe.each([APOLLO, APOLLO_ON_FASTIFY, MERCURIUS])('RFC 9449 7: GraphQL on $name', ({ adapter, module }) => {
  it('several guarded fields of one request have one proof, and are let in together', async () => {
    const typeDefs = `type Query { ${MATRIX_FIELDS.query} } type Mutation { ${MATRIX_FIELDS.mutation} } type Subscription { ${MATRIX_FIELDS.subscription} }`;
    const imports = [module({ typeDefs, fieldResolverEnhancers: ['guards'] })];
    const host = await createTestApp({ adapter, auth: auth(), imports, providers: [MatrixResolver] });
    try {
      const token = await tokenOf(host);
      const proof = proofFor('/graphql', token, 'POST');
      const before = await spentProofs(host);
      const ask = () =>
        operate(host.url, '{ bearer default either again: bearer }', { authorization: `DPoP ${token}`, dpop: proof });
      const { body } = await ask();
      expect(body.errors).toBeUndefined();
      expect(new Set(Object.values(body.data)).size).toBe(1);
      expect(await spentProofs(host)).toBe(before + 1);
      const again = await ask();
      expect(again.body.errors).toHaveLength(4);
      for (const { extensions } of again.body.errors) expect(extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    } finally {
      await host.close();
    }
  });
});

describe('RFC 9449 7: where there is no request that a proof could be for', () => {
  let host: TestApp;
  let token: string;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    host = await createTestApp({
      auth: auth(),
      controllers: [StackedController],
      providers: socketGateways(PATH),
      configure(app) {
        mountPassport(app);
        app.useWebSocketAdapter(new WsAdapter(app));
        app.connectMicroservice({ transport: Transport.TCP, options: { port } });
      },
    });
    await host.app.startAllMicroservices();
    token = await tokenOf(host);
  });
  afterAll(() => host.close());

  it('a message over a socket is refused, under either scheme', async () => {
    const dpop = proofFor('/matrix', token);
    const outcomeOf = async (scheme: string) => {
      try {
        const client = await connectWs(host.url, 'matrix', { headers: { authorization: `${scheme} ${token}`, dpop } });
        const { data } = await client.ask('bearer');
        client.close();
        return { status: data.statusCode as number, text: JSON.stringify(data) };
      } catch (error) {
        const { status, reason } = error as Refused;
        return { status, text: JSON.stringify(reason) };
      }
    };
    expect(await outcomeOf('Bearer')).toMatchObject({ status: 401 });
    expect(await outcomeOf('DPoP')).toEqual({
      status: 401,
      text: expect.stringMatching(/needs an HTTP request of its own/),
    });
  });

  it('a message is refused, under either scheme', async () => {
    const client = await tcpClient(port);
    try {
      for (const scheme of ['DPoP', 'Bearer']) {
        const fields = { authorization: `${scheme} ${token}`, dpop: proofFor('/', token) };
        expect(await askWith(client, fields, 'bound')).toMatchObject({
          code: 'UNAUTHORIZED',
          statusCode: 401,
          ...(scheme === 'DPoP' && { message: expect.stringMatching(/needs an HTTP request of its own/) }),
        });
      }
    } finally {
      await client.close();
    }
  });

  it('the strategy for Passport takes no bound token', async () => {
    const headers = { dpop: proofFor('/passport', token) };
    for (const scheme of ['DPoP', 'Bearer'])
      expect(
        (await send(`${host.url}/passport`, { headers: { ...headers, authorization: `${scheme} ${token}` } })).status,
      ).toBe(401);
  });
});
