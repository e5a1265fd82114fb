import { randomUUID } from 'node:crypto';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import {
  AGENT,
  AssertionIssuer,
  createAssertionHost,
  JWT_BEARER_GRANT,
  linkAccount,
  outcome,
  present,
  seconds,
} from '../support/assertions.js';
import { API, assertionOf, byAssertion, clientKey, OTHER_API, submit, TOKEN_URL } from '../support/client-auth.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const PUBLIC = {
  clientId: 'public',
  redirectUris: ['https://app.example/cb'],
  grantTypes: ['authorization_code', JWT_BEARER_GRANT],
};
const WITHOUT = {
  clientId: 'without',
  clientSecret: 'secret of one without the grant',
  redirectUris: ['https://app.example/cb'],
};

describe('RFC 7523 assertions for tokens', () => {
  let host: TestApp;
  let user: SignedInUser;
  const issuer = new AssertionIssuer();
  const repeating = new AssertionIssuer();
  const key = clientKey();

  beforeAll(async () => {
    await Promise.all([issuer.start(), repeating.start()]);
    const KEYED = {
      ...AGENT,
      clientId: 'keyed',
      tokenEndpointAuthMethod: 'private_key_jwt' as const,
      metadata: { jwks: { keys: [(await key).jwk] } },
    };
    delete (KEYED as { clientSecret?: string }).clientSecret;
    host = await createAssertionHost(
      [
        { issuer: issuer.url, algorithms: ['ES256'] },
        { issuer: repeating.url, algorithms: ['ES256'], reuse: true },
      ],
      { clients: [AGENT, KEYED, PUBLIC, WITHOUT] },
    );
    user = await signUp(host.url);
    await linkAccount(host, user.id, issuer.url);
    await linkAccount(host, user.id, repeating.url);
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([issuer.stop(), repeating.stop()]);
  });

  const introspect = async (token: string) =>
    (
      await submit(
        host,
        'oauth2/introspect',
        { token },
        { authorization: `Basic ${btoa(`agent:${encodeURIComponent(AGENT.clientSecret!)}`)}` },
      )
    ).body;

  it('RFC 7523 2.1 (I11): a token for the user, without a refresh token and without an ID token', async () => {
    const { status, body, headers } = await present(host, await issuer.assertion(), {
      scope: 'openid offline_access read',
    });
    expect([status, Object.keys(body).sort()]).toEqual([
      200,
      ['access_token', 'expires_at', 'expires_in', 'scope', 'token_type'],
    ]);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'read' });
    expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
    expect(await introspect(body.access_token)).toMatchObject({
      active: true,
      sub: user.id,
      client_id: 'agent',
      scope: 'read',
    });
    const [family] = await host.sql(
      `SELECT source, source_id, session_id FROM auth_token_family WHERE subject = $1 AND client_id = 'agent'`,
      [user.id],
    );
    expect(family).toEqual({ source: 'jwt_bearer', source_id: issuer.url, session_id: null });
  });

  it('RFC 7523 3 (I11): aud is the issuer, the token endpoint by either name, or several of these', async () => {
    const other = `${TEST_ISSUER}/api/auth/oauth/token`;
    for (const aud of [TEST_ISSUER, TOKEN_URL, other, [TEST_ISSUER], [TOKEN_URL, TEST_ISSUER]])
      expect(outcome(await present(host, await issuer.assertion({ aud }), { scope: 'read' }))).toBe('200 read');
  });

  it('RFC 7523 3 (I11): exp is far off, passed, or long after iat', async () => {
    const now = seconds();
    const times: [number | undefined, number, string][] = [
      [now, now + 300, '200 read'],
      [now, now + 301, '400 invalid_grant'],
      [undefined, now + 290, '200 read'],
      [undefined, now + 400, '400 invalid_grant'],
      [now + 30, now + 330, '200 read'],
      [now + 90, now + 120, '400 invalid_grant'],
      [now - 200, now - 30, '200 read'],
      [now - 200, now - 70, '400 invalid_grant'],
      [now + 10, now + 5, '400 invalid_grant'],
    ];
    for (const [iat, exp, wanted] of times)
      expect([iat, exp, outcome(await present(host, await issuer.assertion({ iat, exp }), { scope: 'read' }))]).toEqual(
        [iat, exp, wanted],
      );
  });

  it('RFC 7523 3 (I12): jti once; with reuse as often as it is good, also without one', async () => {
    const once = await issuer.assertion();
    expect(outcome(await present(host, once, { scope: 'read' }))).toBe('200 read');
    expect(outcome(await present(host, once, { scope: 'read' }))).toBe('400 invalid_grant');
    // The last four bits of a signature mean nothing; however they are, it is the same assertion.
    const respelled = once.slice(0, -1) + String.fromCharCode(once.charCodeAt(once.length - 1) + 1);
    expect(Buffer.from(respelled.split('.')[2]!, 'base64url')).toEqual(Buffer.from(once.split('.')[2]!, 'base64url'));
    expect(outcome(await present(host, respelled, { scope: 'read' }))).toBe('400 invalid_grant');
    expect(outcome(await present(host, await issuer.assertion({ jti: undefined })))).toBe('400 invalid_grant');
    for (const jti of [randomUUID(), undefined]) {
      const again = await repeating.assertion({ jti });
      for (let count = 0; count < 3; count++)
        expect(outcome(await present(host, again, { scope: 'read' }))).toBe('200 read');
    }
  });

  it('RFC 7521 4.1: the request without a grant of its client, without the assertion, and by a public client', async () => {
    const assertion = await issuer.assertion();
    expect(outcome(await present(host, assertion, {}, WITHOUT))).toBe('400 unauthorized_client');
    const fields = { grant_type: JWT_BEARER_GRANT, client_id: 'public', assertion };
    expect(outcome(await submit(host, 'oauth2/token', fields))).toBe('400 unauthorized_client');
    expect(outcome(await present(host, ''))).toBe('400 invalid_request');
    expect(outcome(await present(host, assertion, [['assertion', assertion]]))).toBe('400 invalid_request');
    expect(outcome(await present(host, assertion, {}, { ...AGENT, clientSecret: 'wrong' }))).toBe('401 invalid_client');
    expect(outcome(await present(host, assertion, { scope: 'read' }))).toBe('200 read');
  });

  it('RFC 7523 2.2 (I30): a client that proves itself by a key, in one request with the assertion', async () => {
    const own = await assertionOf('keyed', await key);
    const fields = byAssertion(own, {
      grant_type: JWT_BEARER_GRANT,
      assertion: await issuer.assertion(),
      scope: 'read',
    });
    expect(outcome(await submit(host, 'oauth2/token', fields))).toBe('200 read');
  });

  it('RFC 6749 3.3: scopes are those of the client, and of the resource; resources those that are asked for', async () => {
    const ask = async (fields: Record<string, string>) => present(host, await issuer.assertion(), fields);
    expect(outcome(await ask({}))).toBe('200 email read write');
    expect(outcome(await ask({ resource: API }))).toBe('200 read write');
    expect(outcome(await ask({ scope: 'read admin' }))).toBe('200 read');
    expect(outcome(await ask({ scope: 'admin' }))).toBe('400 invalid_scope');
    expect(outcome(await ask({ scope: 'a"b' }))).toBe('400 invalid_scope');
    expect(outcome(await ask({ scope: 'openid' }))).toBe('400 invalid_scope');
    expect(outcome(await ask({ resource: 'https://elsewhere.example' }))).toBe('400 invalid_target');
    const { body } = await ask({ resource: OTHER_API, scope: 'read' });
    expect(await introspect(body.access_token)).toMatchObject({ aud: OTHER_API, sub: user.id });
  });

  it('RFC 8414 2 (I28): the grant is announced, and identity assertions are not, without an issuer of them', async () => {
    const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
    expect(body.grant_types_supported).toContain(JWT_BEARER_GRANT);
    expect(body).not.toHaveProperty('authorization_grant_profiles_supported');
    expect(JSON.stringify(body)).not.toContain(issuer.url);
  });
});
