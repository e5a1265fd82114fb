import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

describe('limits by address and by account', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { rateLimits: true, trustProxy: ['loopback'] } });
  });
  afterAll(() => host.close());
  const signIn = (email: string, address: string, password = 'wrong password') =>
    send(`${host.url}/api/auth/sign-in/email`, { body: { email, password }, headers: { 'x-forwarded-for': address } });
  /** Fills a counter as so many hits would have, without their cost. */
  const fill = async (name: string, points: number) => {
    const rows = await host.sql(`UPDATE auth_rate_limit SET points = $2 WHERE key LIKE $1 || ':%' RETURNING key`, [
      name,
      points,
    ]);
    expect(rows.length).toBeGreaterThan(0);
  };
  const expectLimited = (answer: Awaited<ReturnType<typeof signIn>>, windowSeconds: number) => {
    expect([answer.status, answer.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(windowSeconds);
    expect(answer.headers.get('x-retry-after')).toBe(String(seconds));
    expect(answer.body.message).toMatch(/Too many requests/);
  };

  it('429 the eleventh wrong password for one account from one address; the right one does not help', async () => {
    const { email } = await signUp(host.url);
    const statuses = (await Promise.all(Array.from({ length: 12 }, () => signIn(email, '203.0.113.1')))).map(
      (a) => a.status,
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
    expectLimited(await signIn(email, '203.0.113.1', TEST_PASSWORD), 600);
    expect((await signIn(email, '203.0.113.2', TEST_PASSWORD)).status).toBe(200);
    await host.sql('DELETE FROM auth_rate_limit');
  });

  it('200 a good sign-in gives the tries back', async () => {
    const { email } = await signUp(host.url);
    await signIn(email, '203.0.113.3');
    await fill('sign-in-pair', 9);
    expect((await signIn(email, '203.0.113.3', TEST_PASSWORD)).status).toBe(200);
    for (let i = 0; i < 2; i++) expect((await signIn(email, '203.0.113.3')).status).toBe(401);
    await host.sql('DELETE FROM auth_rate_limit');
  });

  it('429 one address, whatever the account, at sign-in and sign-up; another address is served', async () => {
    expect((await signIn('a@example.com', '203.0.113.4')).status).toBe(401);
    await fill('sign-in-address', 60);
    expectLimited(await signIn('b@example.com', '203.0.113.4'), 60);
    const body = { email: 'c@example.com', password: TEST_PASSWORD, name: 'C' };
    const up = await send(`${host.url}/api/auth/sign-up/email`, {
      body,
      headers: { 'x-forwarded-for': '203.0.113.4' },
    });
    expectLimited(up, 60);
    expect((await signIn('b@example.com', '203.0.113.5')).status).toBe(401);
    await host.sql('DELETE FROM auth_rate_limit');
  });

  it('429 one account from many addresses, known or not', async () => {
    const { email } = await signUp(host.url);
    for (const account of [email, 'unknown@example.com']) {
      expect((await signIn(account, '203.0.113.6')).status).toBe(401);
      await fill('sign-in-account', 100);
      expectLimited(await signIn(account, '203.0.113.7', TEST_PASSWORD), 3_600);
      await host.sql('DELETE FROM auth_rate_limit');
    }
  });

  it('429 guesses of the current password at change-password and delete-user count together', async () => {
    const user = await signUp(host.url);
    const guess = (path: string, body: object) => send(`${host.url}/api/auth/${path}`, { bearer: user.token, body });
    const change = { currentPassword: 'wrong password', newPassword: 'a new password' };
    expect((await guess('change-password', change)).status).toBe(400);
    await fill('sign-in-pair', 10);
    expectLimited(await guess('delete-user', { password: TEST_PASSWORD }), 600);
    expectLimited(await guess('change-password', { ...change, currentPassword: TEST_PASSWORD }), 600);
    await host.sql('DELETE FROM auth_rate_limit');
  });

  it('T013 an X-Forwarded-For of somebody who is no trusted proxy changes nothing', async () => {
    const plain = await createTestApp({ auth: { rateLimits: true } });
    try {
      const attempt = (address: string) =>
        send(`${plain.url}/api/auth/sign-in/email`, {
          body: { email: 'x@example.com', password: 'wrong password' },
          headers: { 'x-forwarded-for': address },
        });
      await attempt('203.0.113.8');
      await plain.sql(`UPDATE auth_rate_limit SET points = 60 WHERE key LIKE 'sign-in-address:%'`);
      expect((await attempt('203.0.113.9')).status).toBe(429);
    } finally {
      await plain.close();
    }
  });
});
