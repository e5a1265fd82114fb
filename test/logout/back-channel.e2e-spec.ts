import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { Database } from '../../src/common/database/database.js';
import { UsersService } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { createLogoutHost, endSession, idTokenFor, logoutClient, prepareTokens } from '../support/logout.js';
import { connectSql, waitForBlocked } from '../support/sql-client.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

describe('Back-Channel Logout', () => {
  let receiver: Upstream;
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    receiver = await startUpstream();
    const told = (id: string) => ({ backchannel_logout_uri: `${receiver.origin}/${id}` });
    host = await createLogoutHost([
      logoutClient('shop', told('shop')),
      logoutClient('pair', { ...told('pair'), subject_type: 'pairwise', id_token_signed_response_alg: 'ES256' }),
      logoutClient('quiet'),
    ]);
  });
  beforeEach(async () => {
    receiver.seen.splice(0);
    receiver.answer({ body: '' });
    user = await signUp(host.url);
  });
  afterAll(async () => {
    await host.close();
    await receiver.close();
  });

  const tokensFor = (clientId: string) =>
    receiver.seen.filter(({ path }) => path === `/${clientId}`).map(({ form }) => form.get('logout_token')!);
  const delivered = (count: number) => until(`${count} deliveries`, () => receiver.seen.length === count);
  const isEmpty = () =>
    until('no delivery is left', async () => (await host.sql('SELECT FROM auth_logout_delivery')).length === 0);
  const keys = () => createRemoteJWKSet(new URL(`${host.url}/api/auth/jwks`));

  it('2.4, 2.5: the logout token and how it is sent', async () => {
    const hint = await idTokenFor(host, user, 'shop');
    await endSession(host, { id_token_hint: hint }, user.cookie);
    await delivered(1);
    const { headers } = receiver.seen[0]!;
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const [token] = tokensFor('shop');
    const { payload, protectedHeader } = await jwtVerify(token!, keys(), { issuer: TEST_ISSUER, audience: 'shop' });
    expect(protectedHeader).toMatchObject({ typ: 'logout+jwt', alg: 'RS256' });
    expect(payload).toEqual({
      iss: TEST_ISSUER,
      sub: user.id,
      aud: 'shop',
      iat: expect.any(Number),
      exp: payload.iat! + 120,
      jti: expect.any(String),
      sid: user.sessionId,
      events: { [EVENT]: {} },
    });
    await isEmpty();
  });

  it('2.4: sub and alg are those of the ID tokens of the client', async () => {
    const idToken = await idTokenFor(host, user, 'pair');
    await idTokenFor(host, user, 'quiet');
    await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
    await delivered(1);
    const [token] = tokensFor('pair');
    const [{ payload }, known] = await Promise.all([jwtVerify(token!, keys()), jwtVerify(idToken, keys())]);
    expect([payload.sub, payload['sid']]).toEqual([known.payload.sub, known.payload['sid']]);
    expect(payload.sub).not.toBe(user.id);
    expect(decodeProtectedHeader(token!).alg).toBe('ES256');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['signs out', () => send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token })],
    [
      'revokes the session',
      () => send(`${host.url}/api/auth/revoke-session`, { body: { token: user.sessionId }, bearer: user.token }),
    ],
    [
      'changes the password',
      () =>
        send(`${host.url}/api/auth/change-password`, {
          body: { currentPassword: TEST_PASSWORD, newPassword: 'another good password', revokeOtherSessions: true },
          bearer: user.token,
        }),
    ],
    ['is disabled', () => host.app.get(UsersService).disable(user.id)],
    ['is deleted', () => host.app.get(UsersService).forget(user.id)],
  ])('2.3: every client of the session is told when the user %s', async (_, end) => {
    await idTokenFor(host, user, 'shop');
    await idTokenFor(host, user, 'pair');
    await end();
    await delivered(2);
    expect([tokensFor('shop').length, tokensFor('pair').length]).toEqual([1, 1]);
    await isEmpty();
  });

  it('2.3: one token for each session that ended, none for those that live on', async () => {
    const second = await signIn(host.url, user.email);
    const third = await signIn(host.url, user.email);
    for (const session of [user, second, third]) await idTokenFor(host, session, 'shop');
    await send(`${host.url}/api/auth/revoke-other-sessions`, { method: 'POST', bearer: third.token });
    await delivered(2);
    const verified = await Promise.all(tokensFor('shop').map((token) => jwtVerify(token, keys())));
    expect(verified.map(({ payload }) => payload['sid']).sort()).toEqual([user.sessionId, second.sessionId].sort());
    await isEmpty();
  });

  it('2.3: a client with a row of its own is told, and no more once it is disabled', async () => {
    const metadata = { redirect_uris: ['https://own.example/cb'], grant_types: ['authorization_code'] };
    const addClient = (id: string) =>
      host.sql(
        `WITH s AS (INSERT INTO auth_subject (subject) VALUES ('client:' || $1))
         INSERT INTO auth_oauth_client (client_id, registered_by, metadata) VALUES ($1, 'administration', $2)`,
        [id, JSON.stringify({ ...metadata, backchannel_logout_uri: `${receiver.origin}/${id}` })],
      );
    for (const id of ['own', 'gone']) {
      await addClient(id);
      await idTokenFor(host, user, id);
    }
    await host.sql(`UPDATE auth_subject SET disabled_at = now() WHERE subject = 'client:gone'`);
    await host.sql(`SELECT pg_notify('nest_authority', 'client:gone')`);
    await until('the client is gone', async () => {
      const { body } = await send(`${host.url}/api/auth/oauth2/token`, {
        body: new URLSearchParams({ grant_type: 'x', client_id: 'gone', client_secret: 'x' }),
      });
      return body.error === 'invalid_client';
    });
    await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
    await isEmpty();
    expect(receiver.seen.map(({ path }) => path)).toEqual(['/own']);
  });

  it('2.3: a client that is being given an ID token while the session ends is told', async () => {
    const sql = await connectSql(host.databaseUrl);
    const prepared = await prepareTokens(host, user, 'shop');
    let signOut: Promise<unknown> = Promise.resolve();
    await host.app.get(Database).transaction(async (tx) => {
      await prepared.store(tx);
      signOut = send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
      await waitForBlocked(sql, 1);
    });
    await signOut;
    await delivered(1);
    await isEmpty();
    await expect(idTokenFor(host, user, 'shop')).rejects.toMatchObject({ error: 'invalid_grant' });
    await sql.close();
  });

  it('codes of the session that nobody has exchanged end with it', async () => {
    const insert = (id: string, consumed: boolean) =>
      host.sql(
        `INSERT INTO auth_authorization_code (id, hash, client_id, subject, session_id, redirect_uri, redirect_uri_given, scopes,
           authenticated_at, expires_at, consumed_at)
         VALUES (gen_random_uuid(), sha256($1::bytea), 'shop', $2, $3, 'https://x', true, '{}', now(), now() + interval '1 minute',
           CASE WHEN $4 THEN now() END)`,
        [id, user.id, user.sessionId, consumed],
      );
    await insert(`open ${user.id}`, false);
    await insert(`spent ${user.id}`, true);
    await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
    const left = await host.sql('SELECT consumed_at FROM auth_authorization_code WHERE subject = $1', [user.id]);
    expect(left).toEqual([{ consumed_at: expect.any(Date) }]);
  });
});
