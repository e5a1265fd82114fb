import { Controller, Get, Param } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { BearerAuth, ClientCredentialsService, type OutboundOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { ENTRA_SECRET, GRAPH_SCOPE, startEntra, type Entra } from '../support/entra.js';
import { send } from '../support/http.js';
import { keepLogs } from '../support/logs.js';
import { selfSigned } from '../support/self-signed.js';
import { VendorIssuer } from '../support/vendor-issuer.js';

const pair = selfSigned();
const DAEMON = 'api://daemon';
const CLAIMS = '{"access_token":{"polids":{"essential":true,"values":["9ab03e19-ed42-4168-b6b7-7001fb3e933a"]}}}';
/** Where the caller's tokens come from; known once it has started. */
const login = new VendorIssuer();

describe('On-Behalf-Of of Microsoft Entra ID, at a middle tier', () => {
  let entra: Entra;
  let host: TestApp;

  beforeAll(async () => {
    await login.start();
    const { privateKey, certificate } = pair;
    const certified = {
      client_id: 'with-certificate',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...pair.publicJwk, use: 'sig', alg: 'PS256' }] },
    };
    entra = await startEntra({ clients: [certified] });
    login.documents = {
      '/.well-known/openid-configuration': { issuer: login.url, jwks_uri: `${login.url}/keys` },
      '/keys': { keys: [login.jwk] },
    };
    const tenant = { kind: 'microsoft', tenantId: 'tenant-1', authority: entra.origin } as const;
    const graph = { scope: [GRAPH_SCOPE], onBehalfOf: 'on-behalf-of' } as const;
    const outbound: OutboundOptions = {
      applications: {
        graph,
        certified: { ...graph, provider: 'certified' },
        'bad secret': { ...graph, provider: 'bad' },
        vouched: { scope: [], provider: 'other', onBehalfOf: 'jwt-bearer' },
      },
      providers: {
        microsoft: { ...tenant, clientId: 'daemon', clientSecret: ENTRA_SECRET },
        certified: { ...tenant, clientId: 'with-certificate', certificate: { privateKey, certificate } },
        other: {
          tokenEndpoint: `${entra.origin}/tenant-1/oauth2/v2.0/token`,
          clientId: 'daemon',
          clientSecret: ENTRA_SECRET,
        },
        bad: { ...tenant, clientId: 'daemon', clientSecret: 'a-wrong-secret' },
      },
    };

    @Controller('middle')
    class MiddleController {
      constructor(private readonly credentials: ClientCredentialsService) {}
      @Get(':application')
      @BearerAuth({ issuer: login.url })
      get(@Param('application') application: string) {
        return this.credentials.getToken(application, { onBehalfOf: 'caller' });
      }
    }
    const trusted = { issuer: login.url, type: false, audience: [DAEMON, 'api://with-certificate'] } as const;
    host = await createTestApp({
      controllers: [MiddleController],
      auth: {
        allowPrivateNetwork: true,
        jwt: { trustedIssuers: [trusted] },
        clientCredentials: { outbound },
      },
    });
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([entra.close(), login.stop()]);
  });

  const incoming = (claims: object = {}) =>
    login.sign({ iss: login.url, sub: 'ada', aud: DAEMON, scp: 'access_as_user', ...claims });
  const middle = (bearer: string, application = 'graph') => send(`${host.url}/middle/${application}`, { bearer });
  const graphToken = (assertion: string) => `graph-${createHash('sha256').update(assertion).digest('hex')}`;

  it('the token that came in is the assertion; with a secret, and once for all calls of it', async () => {
    const token = await incoming();
    const before = await entra.tokenRequests();
    const answers = [await middle(token), await middle(token)];
    for (const { status, body } of answers) {
      expect([status, body.accessToken, body.scope]).toEqual([200, graphToken(token), GRAPH_SCOPE]);
    }
    expect(await entra.tokenRequests()).toBe(before + 1);
  });

  it('with a certificate', async () => {
    const token = await incoming({ aud: 'api://with-certificate' });
    expect((await middle(token, 'certified')).body.accessToken).toBe(graphToken(token));
  });

  it('two tokens of one user that name neither themselves nor a session are told apart', async () => {
    const [first, second] = await Promise.all([incoming({ deviceid: 1 }), incoming({ deviceid: 2 })]);
    expect((await middle(first)).body.accessToken).toBe(graphToken(first));
    expect((await middle(second)).body.accessToken).toBe(graphToken(second));
  });

  it.each([
    ['mfa', { upstreamError: 'interaction_required', upstreamCodes: [50079] }],
    ['policy', { upstreamError: 'invalid_grant', upstreamSuberror: 'basic_action', upstreamCodes: [50076] }],
  ])('a claims challenge reaches the client: %s', async (ask, told) => {
    const token = await incoming({ ask });
    const authorizationUri = `${entra.origin}/tenant-1/oauth2/v2.0/authorize`;
    // The second is told by the row.
    for (const { status, body, headers } of [await middle(token), await middle(token)]) {
      expect([status, body.code]).toEqual([401, 'MICROSOFT_INTERACTION_REQUIRED']);
      expect(body.details).toEqual({ ...told, claims: CLAIMS, authorizationUri });
      const challenge = headers.get('www-authenticate')!;
      expect(challenge).toContain('error="insufficient_claims"');
      expect(challenge).toContain(`authorization_uri="${authorizationUri}"`);
      expect(Buffer.from(/claims="([^"]+)"/.exec(challenge)![1]!, 'base64').toString()).toBe(CLAIMS);
    }
    // The token that the client brings back is another one, and is asked for at once.
    const next = await incoming({ amr: ['mfa'] });
    expect((await middle(next)).body.accessToken).toBe(graphToken(next));
  });

  it('consent that is missing is for the client too, without claims', async () => {
    const { status, body, headers } = await middle(await incoming({ ask: 'consent' }));
    expect([status, body.code]).toEqual([401, 'MICROSOFT_INTERACTION_REQUIRED']);
    expect(body.details).toMatchObject({ upstreamSuberror: 'consent_required', upstreamCodes: [65001] });
    expect(headers.get('www-authenticate')).toContain('error="interaction_required"');
    expect(headers.get('www-authenticate')).not.toContain('claims=');
  });

  it('403 for a user who is disabled there, 502 for what is our own fault', async () => {
    const disabled = await middle(await incoming({ ask: 'disabled' }));
    expect([disabled.status, disabled.body.code]).toEqual([403, 'MICROSOFT_ON_BEHALF_OF_REFUSED']);
    expect(disabled.body.details).toEqual({ upstreamError: 'invalid_grant', upstreamCodes: [50057] });
    const secret = await middle(await incoming(), 'bad secret');
    expect([secret.status, secret.body.code]).toEqual([502, 'MICROSOFT_TOKEN_REQUEST_FAILED']);
    expect(secret.body.details).toEqual({ upstreamError: 'invalid_client' });
  });

  it('403 for a token that was issued to another application', async () => {
    const { status, body } = await middle(await incoming({ aud: 'api://with-certificate' }));
    expect([status, body.details]).toEqual([403, { upstreamError: 'invalid_grant', upstreamCodes: [500131] }]);
  });

  it('T172 this server does not vouch for the users of another: 403, and nothing is sent', async () => {
    const before = await entra.tokenRequests();
    const { status, body } = await middle(await incoming(), 'vouched');
    expect([status, body.code]).toEqual([403, 'ON_BEHALF_OF_CREDENTIAL']);
    expect(await entra.tokenRequests()).toBe(before);
  });

  it('T109 neither token nor secret is in an answer, a log or a row, though the provider sends them back', async () => {
    const logs = keepLogs(host);
    const tokens = [
      await incoming({ ask: 'mfa', n: 1 }),
      await incoming({ ask: 'disabled', n: 1 }),
      await incoming({ n: 1 }),
    ];
    const answers = [];
    for (const token of tokens) answers.push(await middle(token));
    const rows = await host.sql('SELECT c::text AS text FROM auth_client_credential c');
    const told = JSON.stringify([logs, rows, answers.map(({ text, headers }) => [text, ...headers])]);
    for (const secret of [...tokens, ENTRA_SECRET]) expect(told).not.toContain(secret);
    expect(JSON.stringify([logs, rows])).not.toContain(graphToken(tokens[2]!));
    expect(logs.map(({ text }) => text).join()).toContain('interaction_required 50079');
  });
});
