import { createHash, createHmac } from 'node:crypto';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

/** What better-auth makes: 32 letters and digits, no prefix, no checksum. */
const LEGACY = 'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD';

async function importSession(host: TestApp, userId: string, token: string): Promise<void> {
  await host.sql(
    `INSERT INTO auth_session (id, token_hash, subject, scopes, expires_at)
     VALUES (gen_random_uuid(), $1, $2, '{}', now() + interval '7 days')`,
    [createHash('sha256').update(token).digest(), userId],
  );
}

const signedCookie = (token: string) =>
  `better-auth.session_token=${encodeURIComponent(`${token}.${createHmac('sha256', TEST_SECRET).update(token).digest('base64')}`)}`;

describe('legacyCredentials: sessions of better-auth that were moved here', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { legacyCredentials: true } });
  });
  afterAll(() => host.close());
  const session = async (options: object) => (await send(`${host.url}/api/auth/get-session`, options)).body;

  it('200 as bearer token, signed bearer token and cookie; sign-out ends it', async () => {
    const user = await signUp(host.url);
    await importSession(host, user.id, LEGACY);
    const signed = decodeURIComponent(signedCookie(LEGACY).split('=').slice(1).join('='));
    for (const options of [{ bearer: LEGACY }, { bearer: signed }, { headers: { cookie: signedCookie(LEGACY) } }])
      expect((await session(options)).user.id).toBe(user.id);
    expect(await session({ headers: { cookie: `better-auth.session_token=${LEGACY}` } })).toBeNull();
    await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: LEGACY });
    expect(await session({ bearer: LEGACY })).toBeNull();
    expect(await session({ bearer: user.token })).not.toBeNull();
  });

  it('200 revoke-session takes it as a token', async () => {
    const user = await signUp(host.url);
    await importSession(host, user.id, LEGACY);
    await send(`${host.url}/api/auth/revoke-session`, { bearer: user.token, body: { token: LEGACY } });
    expect(await session({ bearer: LEGACY })).toBeNull();
  });

  it('T031 it is dead after the browser that brought it has signed in', async () => {
    const user = await signUp(host.url);
    await importSession(host, user.id, LEGACY);
    const headers = { cookie: signedCookie(LEGACY), origin: 'http://localhost:3000' };
    const body = { email: user.email, password: TEST_PASSWORD };
    const answer = await send(`${host.url}/api/auth/sign-in/email`, { body, headers });
    expect(answer.status).toBe(200);
    expect(await session({ bearer: LEGACY })).toBeNull();
    expect(await session({ headers: { cookie: cookiesOf(answer) } })).not.toBeNull();
  });
});

it('without legacyCredentials such a token is nobody, though its row is there', async () => {
  const host = await createTestApp();
  try {
    const user = await signUp(host.url);
    await importSession(host, user.id, LEGACY);
    for (const options of [{ bearer: LEGACY }, { headers: { cookie: signedCookie(LEGACY) } }])
      expect((await send(`${host.url}/api/auth/get-session`, options)).body).toBeNull();
  } finally {
    await host.close();
  }
});
