import { Database } from '../../src/common/database/database.js';
import { clientSubject } from '../../src/common/subjects/client-subject.js';
import { SubjectLifecycle } from '../../src/common/subjects/subject.lifecycle.js';
import { SubjectStore } from '../../src/common/subjects/subject.store.js';
import { TokenRevoker } from '../../src/common/tokens/token.revoker.js';
import { mintToken, TOKEN_PREFIX } from '../../src/common/tokens/token-format.js';
import { JwtService, SigningKeys, type StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { rotate } from '../support/client-tokens.js';
import { send, type Answer } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const { API, MACHINE, OTHER_API, RESOURCE_SERVER, RIVAL, SPA, WEB, proof, tokensFor } = oauth;
const JWT_WEB = { ...WEB, clientId: 'jwt-web', accessTokenFormat: 'jwt' as const };
const DOOMED = { ...WEB, clientId: 'doomed' };
const PAIRWISE = { ...WEB, clientId: 'pairwise', metadata: { subject_type: 'pairwise' as const } };
/** An API that is known by its client id. */
const NAMED_API = { ...RESOURCE_SERVER, clientId: OTHER_API, resources: [] };
const PUBLIC_API = { clientId: 'public-api', resources: [API] };
const OFFLINE = ['email', 'offline_access'];

describe.each(['express', 'fastify'] as const)('introspection on %s', (adapter) => {
  let host: TestApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    const clients = [WEB, JWT_WEB, RIVAL, SPA, MACHINE, DOOMED, PAIRWISE, RESOURCE_SERVER, NAMED_API, PUBLIC_API];
    host = await oauth.createOAuthApp({ adapter, clients, auth: { cacheTtl: '60s' } });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  const ask = (client: StaticClientOptions, token: string, more: Record<string, string> = {}, route = 'introspect') =>
    oauth.submit(host, `oauth2/${route}`, { token, ...more }, proof(client));
  const inactive = async (client: StaticClientOptions, token: string) => {
    const { status, text } = await ask(client, token);
    expect([status, text]).toEqual([200, '{"active":false}']);
  };
  const isActive = async (client: StaticClientOptions, token: string) => (await ask(client, token)).body.active;

  it.each(['oauth2', 'oauth'])('2.2 at /%s/introspect: what an access token says, opaque or JWT', async (folder) => {
    for (const client of [WEB, JWT_WEB]) {
      const { access_token: token, expires_at: exp } = await tokensFor(host, client, ada);
      const answer = await oauth.submit(host, `${folder}/introspect`, { token }, proof(client));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.body).toEqual({
        active: true,
        iss: TEST_ISSUER,
        sub: ada.id,
        aud: TEST_ISSUER,
        client_id: client.clientId,
        azp: client.clientId,
        scope: 'email',
        sid: ada.sessionId,
        auth_time: expect.any(Number),
        exp,
        iat: exp - 3600,
        jti: expect.any(String),
        token_type: 'Bearer',
      });
    }
  });

  it('2.2 a refresh token, to its client: no token_type, since it opens nothing', async () => {
    const { refresh_token: token } = await tokensFor(host, WEB, ada, { scopes: OFFLINE });
    const { body } = await ask(WEB, token!);
    expect(body).toMatchObject({ active: true, sub: ada.id, client_id: 'web', scope: 'email offline_access' });
    expect(body).not.toHaveProperty('token_type');
    expect(body).not.toHaveProperty('sid');
  });

  it('2.2 a token of the client itself: its id is the subject', async () => {
    const { body } = await oauth.submit(host, 'oauth2/token', { grant_type: 'client_credentials' }, proof(MACHINE));
    expect((await ask(MACHINE, body.access_token)).body).toMatchObject({ active: true, sub: 'machine' });
  });

  it('OIDC Core 8.1 a pairwise client hears the subject that its tokens name', async () => {
    const { access_token: token } = await tokensFor(host, PAIRWISE, ada, { resources: [API] });
    const [own, api] = [await ask(PAIRWISE, token), await ask(RESOURCE_SERVER, token)];
    expect(own.body.sub).not.toBe(ada.id);
    expect(own.body.sub).toMatch(/^[\w-]{43}$/);
    expect(api.body.sub).toBe(own.body.sub);
  });

  it.each(['refresh_token', 'access_token', 'session', 'nonsense'])('2.1 hint %s changes nothing', async (hint) => {
    const tokens = await tokensFor(host, WEB, ada, { scopes: OFFLINE });
    for (const token of [tokens.access_token, tokens.refresh_token!])
      expect((await ask(WEB, token, { token_type_hint: hint })).body.active).toBe(true);
  });

  it('T086 2.1 none, a public client, a bearer token: 401 invalid_client', async () => {
    const { access_token: token } = await tokensFor(host, SPA, ada);
    const post = (fields: Record<string, string>, headers = {}) =>
      oauth.submit(host, 'oauth2/introspect', { token, ...fields }, headers);
    const fault = ({ status, body }: Answer) => [status, body.error];
    for (const answer of [
      await post({}),
      await post({ client_id: 'spa' }),
      await post({ client_id: 'public-api' }),
      await post({}, { authorization: `Bearer ${token}` }),
      await post({}, { cookie: ada.cookie }),
    ])
      expect(fault(answer)).toEqual([401, 'invalid_client']);
  });

  it('2.1 token missing is 400; GET is 405', async () => {
    const missing = await oauth.submit(host, 'oauth2/introspect', {}, proof(WEB));
    expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request']);
    const got = await send(`${host.url}/api/auth/oauth2/introspect?token=x`, { headers: proof(WEB) });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('T087 4 a client that it was not given to learns nothing, of either form', async () => {
    for (const client of [WEB, JWT_WEB, SPA]) {
      const { access_token, refresh_token } = await tokensFor(host, client, ada, { scopes: OFFLINE });
      for (const token of [access_token, refresh_token!])
        for (const other of [RIVAL, RESOURCE_SERVER, NAMED_API, MACHINE]) await inactive(other, token);
    }
  });

  it('T087 4 the API that it is meant for learns of it, not of the refresh token beside it', async () => {
    for (const client of [WEB, JWT_WEB, SPA]) {
      const tokens = await tokensFor(host, client, ada, { scopes: OFFLINE, resources: [API] });
      expect((await ask(RESOURCE_SERVER, tokens.access_token)).body).toMatchObject({
        active: true,
        aud: API,
        client_id: client.clientId,
      });
      await inactive(NAMED_API, tokens.access_token);
      await inactive(RIVAL, tokens.access_token);
      await inactive(RESOURCE_SERVER, tokens.refresh_token!);
    }
    const { access_token } = await tokensFor(host, WEB, ada, { resources: [OTHER_API] });
    expect(await isActive(NAMED_API, access_token)).toBe(true);
    await inactive(RESOURCE_SERVER, access_token);
  });

  it('T087 tokens that no client was given are shown to none', async () => {
    const { body } = await send(`${host.url}/api/auth/token`, { bearer: ada.token });
    for (const token of [ada.token, ada.accessToken, ada.refreshToken, body.token]) await inactive(WEB, token);
  });

  it('2.2 garbage is inactive, and costs no statement', async () => {
    const { access_token: jwt } = await tokensFor(host, JWT_WEB, ada);
    const during = oauth.watchStatements(host);
    await ask(WEB, 'x');
    const [head, , signature] = jwt.split('.') as [string, string, string];
    const forged = Buffer.from('{"sub":"root"}').toString('base64url');
    for (const token of ['x', `naa_${'a'.repeat(49)}`, `${head}.${forged}.${signature}`, `${jwt}x`, 'ey.ey.ey', 'é €'])
      expect(await during(() => inactive(WEB, token))).toEqual([]);
    await inactive(WEB, mintToken(TOKEN_PREFIX.access));
  });

  it('one statement, whatever the token', async () => {
    const tokens = await tokensFor(host, WEB, ada, { scopes: OFFLINE, resources: [API] });
    const { access_token: jwt } = await tokensFor(host, JWT_WEB, ada);
    const during = oauth.watchStatements(host);
    for (const [client, token] of [
      [WEB, tokens.access_token],
      [WEB, tokens.refresh_token!],
      [JWT_WEB, jwt],
      [RESOURCE_SERVER, tokens.access_token],
      [RIVAL, tokens.access_token],
    ] as const) {
      await ask(client, token);
      expect(await during(() => ask(client, token))).toEqual(['auth_token_find_of_client']);
    }
  });

  it('T088 expired, rotated, revoked by the host: inactive', async () => {
    const tokens = await tokensFor(host, WEB, ada, { scopes: OFFLINE });
    const { access_token: jwt } = await tokensFor(host, JWT_WEB, ada);
    await host.app.get(JwtService).revoke(jwt);
    await inactive(JWT_WEB, jwt);
    expect(await rotate(host, tokens.refresh_token!, 'web')).not.toBeNull();
    await inactive(WEB, tokens.refresh_token!);
    expect(await isActive(WEB, tokens.access_token)).toBe(true);
    await host.sql(`UPDATE auth_token SET expires_at = now() - interval '1 second'`);
    await inactive(WEB, tokens.access_token);
  });

  it('T088 a disabled client, an ended session, a disabled user: inactive at once', async () => {
    const doomed = await tokensFor(host, DOOMED, ada, { resources: [API] });
    expect(await isActive(RESOURCE_SERVER, doomed.access_token)).toBe(true);
    // Nothing but the client itself: its tokens are worth nothing even where nobody has ended them.
    await host.app.get(Database).transaction(async (tx) => {
      await host.app.get(SubjectStore).end(tx, clientSubject('doomed'), 'disabled');
      host.app.get(TokenRevoker).invalidate(tx, ['client:doomed']);
    });
    await inactive(RESOURCE_SERVER, doomed.access_token);
    const bob = await signUp(host.url);
    const [bobs, alone] = [await tokensFor(host, WEB, bob), await tokensFor(host, WEB, bob, { scopes: OFFLINE })];
    expect(await isActive(WEB, bobs.access_token)).toBe(true);
    await send(`${host.url}/api/auth/sign-out`, { bearer: bob.token, body: {} });
    await inactive(WEB, bobs.access_token);
    expect(await isActive(WEB, alone.access_token)).toBe(true);
    await host.app.get(SubjectLifecycle).end(bob.id, 'disabled');
    for (const token of [alone.access_token, alone.refresh_token!]) await inactive(WEB, token);
  });

  it('4 a JWT whose key was withdrawn is inactive', async () => {
    const { access_token: jwt } = await tokensFor(host, JWT_WEB, ada);
    expect(await isActive(JWT_WEB, jwt)).toBe(true);
    const { kid } = JSON.parse(Buffer.from(jwt.split('.')[0]!, 'base64url').toString()) as { kid: string };
    await host.app.get(SigningKeys).revoke(kid);
    await inactive(JWT_WEB, jwt);
  });
});
