import { UsersService } from '../../src/index.js';
import { admin, createHostWithAdministrators, signedInWith, who } from '../support/administrators.js';
import type { TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { guarded, refresh } from '../support/tokens.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

describe('a ban', () => {
  let host: TestApp;
  let administrator: SignedInUser;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createHostWithAdministrators({ jwt: true, apiKeys: true });
    administrator = await signedInWith(host, 'admin');
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
  });

  const ban = (body: object = {}) => admin(host, 'ban-user', administrator.token, { userId: user.id, ...body });
  const signingIn = (password = TEST_PASSWORD) =>
    send(`${host.url}/api/auth/sign-in/email`, { body: { email: user.email, password } });
  const seen = async () => (await admin(host, `get-user?id=${user.id}`, administrator.token)).body;

  it('stops session, access token, refresh token, JWT, API key and every way in, with its reason for administrators', async () => {
    const call = (route: string, body?: object) =>
      send(`${host.url}/api/auth/${route}`, { bearer: user.token, ...(body && { body }) });
    const jwt = (await call('token')).body.token as string;
    const key = (await call('api-key/create', { name: 'k' })).body.key as string;
    const keyed = { 'x-api-key': key };
    const all: Record<string, string>[] = [
      keyed,
      { authorization: `Bearer ${jwt}` },
      ...[user.token, user.accessToken].map((one) => ({ authorization: `Bearer ${one}` })),
      { cookie: user.cookie },
    ];
    const statuses = async () => Promise.all(all.map(async (headers) => (await who(host, headers)).status));
    expect(await statuses()).toEqual([200, 200, 200, 200, 200]);
    const banned = await ban({ banReason: 'sends spam' });
    expect(banned.body.user).toMatchObject({ id: user.id, banned: true, banReason: 'sends spam', banExpires: null });
    expect(await statuses()).toEqual([401, 401, 401, 401, 401]);
    expect((await refresh(host, user.refreshToken)).status).toBe(401);
    const refused = await signingIn();
    expect([refused.status, refused.body.code, refused.text.includes('spam')]).toEqual([403, 'BANNED_USER', false]);
    expect((await signingIn('not the password')).status).toBe(401);
  });

  it('is lifted, and what has ended stays ended', async () => {
    await ban();
    const lifted = await admin(host, 'unban-user', administrator.token, { userId: user.id });
    expect(lifted.body.user).toMatchObject({ banned: false, banReason: null });
    expect((await signingIn()).status).toBe(200);
    expect(await guarded(host, user.token)).toBe(401);
  });

  it('is over by itself at the next sign-in after its time', async () => {
    await ban({ banExpiresIn: 3_600, banReason: 'an hour off' });
    expect((await signingIn()).status).toBe(403);
    expect(Date.parse((await seen()).banExpires)).toBeGreaterThan(Date.now() + 3_000_000);
    await host.sql(`UPDATE auth_subject SET disabled_until = now() - interval '1 second' WHERE subject = $1`, [
      user.id,
    ]);
    expect(await seen()).toMatchObject({ banned: false, banReason: null });
    const again = await signIn(host.url, user.email);
    expect(await guarded(host, again.token)).toBe(200);
    expect(await guarded(host, user.token)).toBe(401);
  });

  it('a later one counts, also one without an end', async () => {
    await ban({ banExpiresIn: 60 });
    await host.app.get(UsersService).disable(user.id, { reason: 'for good' });
    await host.sql(`UPDATE auth_subject SET created_at = now() WHERE subject = $1`, [user.id]);
    expect(await seen()).toMatchObject({ banned: true, banReason: 'for good', banExpires: null });
    expect(await host.app.get(UsersService).disabled(user.id)).toMatchObject({ reason: 'for good', until: null });
  });

  it.each([0, -1, 1.5, 'x', 1e12])('400 for the time %j', async (banExpiresIn) => {
    expect((await ban({ banExpiresIn })).status).toBe(400);
    expect(await guarded(host, user.token)).toBe(200);
  });
});
