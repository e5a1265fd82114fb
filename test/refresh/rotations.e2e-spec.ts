import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { sweep } from '../support/sweep.js';
import { signUp } from '../support/users.js';

describe('F10: what rotations of refresh tokens leave behind', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { rateLimits: true } });
  });
  afterAll(() => host.close());

  const refresh = (refreshToken: string) => send(`${host.url}/api/auth/token/refresh`, { body: { refreshToken } });
  const sealed = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_token WHERE successor IS NOT NULL'))[0]!.n;
  const pass = () => host.sql(`UPDATE auth_token SET consumed_at = consumed_at - interval '11 seconds'`);

  it('sealed successors go with the next rotation after their window, and by the sweeper', async () => {
    const user = await signUp(host.url);
    const first = await refresh(user.refreshToken);
    // Inside the window a repeat gets them.
    expect((await refresh(user.refreshToken)).body.refreshToken).toBe(first.body.refreshToken);
    expect(await sealed()).toBe(1);
    await pass();
    const second = await refresh(first.body.refreshToken);
    expect(second.status).toBe(200);
    expect(await sealed()).toBe(1);
    await pass();
    await sweep(host);
    expect(await sealed()).toBe(0);
    // What was rotated long ago is still known: its return ends the family (RFC 9700 4.14.2).
    expect((await refresh(user.refreshToken)).status).toBe(401);
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
  });

  it('60 a minute in one family, then 429 with Retry-After; nothing is spent, and another family is served', async () => {
    const user = await signUp(host.url);
    let token = user.refreshToken;
    for (let count = 0; count < 60; count++) token = (await refresh(token)).body.refreshToken;
    const refused = await refresh(token);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 60]);
    expect((await refresh((await signUp(host.url)).refreshToken)).status).toBe(200);
    await host.sql(`UPDATE auth_token SET created_at = created_at - interval '1 minute'`);
    expect((await refresh(token)).status).toBe(200);
  });
});
