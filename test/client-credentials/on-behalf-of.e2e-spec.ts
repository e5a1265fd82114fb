import { decodeJwt, decodeProtectedHeader, createRemoteJWKSet, jwtVerify } from 'jose';
import { ApiKeysService } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { grantOwnToken, grantTokens } from '../support/client-tokens.js';
import { send } from '../support/http.js';
import { actingFor, actingHost, formOf, grantedTo, relay, rowsOf, tokenFor } from '../support/on-behalf-of.js';
import { UPSTREAM_SECRET } from '../support/outbound.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { signUp, type SignedInUser } from '../support/users.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TYPE = 'urn:ietf:params:oauth:token-type:';

describe('outbound tokens on behalf of the caller', () => {
  let upstream: Upstream;
  let downstream: Upstream;
  let host: TestApp;
  let user: SignedInUser;
  let made: string[];

  beforeAll(async () => {
    [upstream, downstream] = await Promise.all([startUpstream(), startUpstream()]);
    const outbound = actingFor(upstream, {
      exchange: { parameters: { audience: 'orders', resource: 'https://orders.example.com' } },
      delegated: { subjectTokenType: 'jwt', actorToken: () => 'the-actor-token', actorTokenType: 'access_token' },
      assertion: { onBehalfOf: 'jwt-bearer' },
      rsa: { onBehalfOf: 'jwt-bearer', signingAlgorithm: 'RS256' },
      made: {
        onBehalfOf: 'jwt-bearer',
        subjectToken: ({ subjectId, credentialType }) => {
          made.push(credentialType);
          return `made-for-${subjectId}`;
        },
      },
      'signed exchange': { subjectToken: 'signed' },
      hanging: { subjectToken: () => new Promise<string>(() => undefined) },
      throwing: { actorToken: () => Promise.reject(new Error(`secret ${UPSTREAM_SECRET}`)) },
    });
    const { applications } = outbound;
    host = await actingHost({
      ...outbound,
      applications: { ...applications, itself: { scope: ['read'], provider: 'upstream' } },
    });
    user = await signUp(host.url);
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([upstream.close(), downstream.close()]);
  });
  beforeEach(async () => {
    made = [];
    await host.sql('DELETE FROM auth_client_credential');
    upstream.answer(grantedTo());
    upstream.seen.length = downstream.seen.length = 0;
  });

  it('RFC 8693 2.1 (I1): the access token of the caller is exchanged, with audience, resource and scope of the options', async () => {
    const { status, body } = await relay(host, 'exchange', user.accessToken);
    expect([status, body.accessToken]).toEqual([200, tokenFor(user.accessToken)]);
    expect(body).toMatchObject({ applicationName: 'exchange', scope: 'orders:read' });
    expect(formOf(upstream.seen[0]!)).toEqual({
      grant_type: EXCHANGE,
      subject_token: user.accessToken,
      subject_token_type: `${TYPE}access_token`,
      scope: 'orders:read',
      audience: 'orders',
      resource: 'https://orders.example.com',
    });
    expect(upstream.seen[0]!.headers.authorization).toMatch(/^Basic /);
  });

  it('RFC 8693 2.1 (I1): an actor token goes with its type, and types are those of the options', async () => {
    await relay(host, 'delegated', user.accessToken);
    expect(formOf(upstream.seen[0]!)).toMatchObject({
      subject_token_type: `${TYPE}jwt`,
      actor_token: 'the-actor-token',
      actor_token_type: `${TYPE}access_token`,
    });
  });

  it.each([
    [400, 'invalid_scope', 502, 'TOKEN_REQUEST_FAILED'],
    [400, 'invalid_target', 502, 'TOKEN_REQUEST_FAILED'],
    [400, 'invalid_request', 502, 'TOKEN_REQUEST_FAILED'],
    [401, 'invalid_client', 502, 'TOKEN_REQUEST_FAILED'],
    [400, 'invalid_grant', 403, 'ON_BEHALF_OF_REFUSED'],
    [400, 'consent_required', 401, 'INTERACTION_REQUIRED'],
  ])('RFC 8693 2.2.2 (I3): the provider says %i %s: %i %s', async (given, error, told, code) => {
    upstream.answer({ status: given, body: { error, error_description: `of ${user.accessToken}` } });
    const { status, body, text } = await relay(host, 'exchange', user.accessToken);
    expect([status, body.code, body.details]).toEqual([told, code, { upstreamError: error }]);
    expect(text).not.toContain(user.accessToken);
  });

  it('what it claims to want of the user is passed on as JSON only, and never with their token in it', async () => {
    const wanted = [{ claims: '{"a":' }, { claims: '[1]' }, { claims: 7 }, { claims: 'x'.repeat(3_000) }];
    const echoed = { claims: JSON.stringify({ access_token: { was: user.accessToken } }) };
    for (const more of [...wanted, echoed]) {
      await host.sql('DELETE FROM auth_client_credential');
      upstream.answer({ status: 400, body: { error: 'interaction_required', ...more } });
      const { status, body } = await relay(host, 'exchange', user.accessToken);
      expect([status, body.details]).toEqual([401, { upstreamError: 'interaction_required' }]);
    }
  });

  it.each([
    ['N_A', { token_type: 'N_A' }],
    ['a refresh token', { issued_token_type: `${TYPE}refresh_token` }],
  ])('RFC 8693 2.2.1 (I2): what is no access token is not handed out: %s', async (_, answer) => {
    upstream.answer(grantedTo(answer));
    const { status, body } = await relay(host, 'exchange', user.accessToken);
    expect([status, body.details]).toEqual([502, { upstreamError: 'malformed_answer' }]);
  });

  it.each(['access_token', 'jwt'])('RFC 8693 2.2.1 (I2): an issued %s is handed out', async (type) => {
    upstream.answer(grantedTo({ issued_token_type: TYPE + type, refresh_token: 'never kept' }));
    expect((await relay(host, 'exchange', user.accessToken)).status).toBe(200);
    const [row] = await host.sql<{ text: string }>(
      'SELECT auth_client_credential::text AS text FROM auth_client_credential',
    );
    expect(row!.text).not.toContain('never kept');
  });

  it.each([
    ['assertion', 'ES256'],
    ['rsa', 'RS256'],
  ])(
    'RFC 7523 2.1, 3 (I11): %s is signed with a published key: who, for whom, once, for two minutes',
    async (name, alg) => {
      await relay(host, name, user.accessToken);
      const { grant_type: grant, assertion = '', scope, subject_token: none } = formOf(upstream.seen[0]!);
      expect([grant, scope, none]).toEqual([JWT_BEARER, 'orders:read', undefined]);
      expect(decodeProtectedHeader(assertion)).toEqual({ alg, typ: 'JWT', kid: expect.any(String) });
      const keys = createRemoteJWKSet(new URL(`${host.url}/api/auth/jwks`));
      const { payload } = await jwtVerify(assertion, keys, {
        issuer: TEST_ISSUER,
        audience: `${upstream.origin}/token`,
      });
      expect(Object.keys(payload).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sub']);
      expect([payload.sub, payload.exp! - payload.iat!]).toEqual([user.id, 120]);
      // It is about a user, and opens nothing here.
      expect((await relay(host, 'exchange', assertion)).status).toBe(401);
    },
  );

  it('RFC 7523 2.1: or a function of the host makes it, of the principal', async () => {
    await relay(host, 'made', user.accessToken);
    expect(formOf(upstream.seen[0]!)).toMatchObject({ grant_type: JWT_BEARER, assertion: `made-for-${user.id}` });
    expect(made).toEqual(['access_token']);
  });

  it.each([
    ['hanging', 'subject_token_unavailable'],
    ['throwing', 'actor_token_unavailable'],
  ])('502 where a function is %s, and nothing of its error is told', async (name, upstreamError) => {
    const answer = await relay(host, name, user.accessToken);
    expect([answer.status, answer.body.details]).toEqual([502, { upstreamError }]);
    expect(answer.text).not.toContain(UPSTREAM_SECRET);
    expect(upstream.seen).toHaveLength(0);
  });

  it('a token of a client for the user, opaque or a JWT, is exchanged as it came', async () => {
    for (const clientId of ['web', 'jwt']) {
      const { access_token: token } = await grantTokens(host, {
        clientId,
        user: { id: user.id, sessionId: user.sessionId },
        scopes: ['reports'],
      });
      expect((await relay(host, 'exchange', token)).body.accessToken).toBe(tokenFor(token));
    }
    expect(upstream.seen).toHaveLength(2);
  });

  it('T172 session and API key are secrets of this server: 403 where a token is exchanged, and nothing is sent', async () => {
    const key = await host.app.get(ApiKeysService).create({ owner: { kind: 'user', id: user.id }, name: 'of a user' });
    const answers = [
      await relay(host, 'exchange', user.token),
      await relay(host, 'exchange', key.key),
      await send(`${host.url}/relay/exchange`, { headers: { cookie: user.cookie } }),
    ];
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(3).fill('403 ON_BEHALF_OF_CREDENTIAL'),
    );
    expect(upstream.seen).toHaveLength(0);
    expect(await rowsOf(host)).toBe(0);
    // What this server says of the user can be sent: it is no secret of theirs.
    for (const bearer of [user.token, key.key]) expect((await relay(host, 'signed exchange', bearer)).status).toBe(200);
    expect((await send(`${host.url}/relay/signed exchange`, { headers: { cookie: user.cookie } })).status).toBe(200);
    for (const { form } of upstream.seen) expect(decodeJwt(form.get('subject_token')!).sub).toBe(user.id);
    expect(JSON.stringify(upstream.seen)).not.toContain(user.token);
    // The session is one, by whichever carrier.
    expect(upstream.seen).toHaveLength(2);
  });

  it('T172 a client for itself is no user: 403, and nothing is sent', async () => {
    const own = await grantOwnToken(host, 'service', ['reports']);
    for (const name of ['exchange', 'assertion', 'made']) {
      const { status, body } = await relay(host, name, own);
      expect(`${status} ${body.code}`).toBe('403 ON_BEHALF_OF_CREDENTIAL');
    }
    expect(upstream.seen).toHaveLength(0);
  });

  it('T172 401 where no guard has let anybody in, whatever the request presents', async () => {
    const answers = [
      await relay(host, 'open/exchange', user.accessToken),
      await send(`${host.url}/relay/optional/exchange`),
      await send(`${host.url}/relay/optional/assertion`, { headers: { cookie: user.cookie } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect((await relay(host, 'optional/exchange', user.accessToken)).status).toBe(200);
    expect(upstream.seen).toHaveLength(1);
  });

  it('T172 an application acts for itself or for users, and never by mistake in place of the other', async () => {
    const answers = [
      await relay(host, 'itself/exchange', user.accessToken),
      await relay(host, 'itself', user.accessToken),
    ];
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(2).fill('500 ON_BEHALF_OF_MISMATCH'),
    );
    expect(upstream.seen).toHaveLength(0);
    expect((await relay(host, 'itself/itself', user.accessToken)).status).toBe(200);
  });

  it('without jwt nothing publishes the keys of signed tokens: no start', async () => {
    const outbound = actingFor(upstream, { assertion: { onBehalfOf: 'jwt-bearer' } });
    const { databaseUrl } = host;
    await expect(createTestApp({ databaseUrl, auth: { clientCredentials: { outbound } } })).rejects.toThrow(
      /jwt publishes/,
    );
  });

  it('OutboundFetch sends the token of whoever calls', async () => {
    const other = await signUp(host.url);
    const call = outboundCall();
    for (const { accessToken } of [user, other]) await call(accessToken);
    expect(downstream.seen.map(({ headers }) => headers.authorization)).toEqual(
      [user, other].map(({ accessToken }) => `Bearer ${tokenFor(accessToken)}`),
    );
  });
  const outboundCall = () => (bearer: string) =>
    relay(host, `fetch/exchange/${new URL(downstream.origin).port}`, bearer);
});
