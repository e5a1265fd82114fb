import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

describe('F07: users who share an address, and accounts that strangers guess at', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { rateLimits: true, trustProxy: ['loopback'] } });
  });
  afterEach(() => host.sql('DELETE FROM auth_rate_limit'));
  afterAll(() => host.close());

  const signIn = async (email: string, address: string, password = TEST_PASSWORD) =>
    (
      await send(`${host.url}/api/auth/sign-in/email`, {
        body: { email, password },
        headers: { 'x-forwarded-for': address },
      })
    ).status;
  const points = async (name: string) =>
    (await host.sql<{ points: number }>(`SELECT points FROM auth_rate_limit WHERE key LIKE $1 || ':%'`, [name])).map(
      (row) => row.points,
    );
  const fill = (name: string, count: number) =>
    host.sql(`UPDATE auth_rate_limit SET points = $2 WHERE key LIKE $1 || ':%'`, [name, count]);

  it('right passwords fill no counter of the address; wrong ones do', async () => {
    const { email } = await signUp(host.url);
    for (let count = 0; count < 3; count++) expect(await signIn(email, '203.0.113.1')).toBe(200);
    expect(await points('sign-in-address')).toEqual([0]);
    await fill('sign-in-address', 58);
    for (let count = 0; count < 3; count++) expect(await signIn(email, '203.0.113.1')).toBe(200);
    expect(await signIn('nobody@example.com', '203.0.113.1', 'wrong password')).toBe(401);
    expect(await signIn('somebody@example.com', '203.0.113.1', 'wrong password')).toBe(401);
    expect(await signIn('anybody@example.com', '203.0.113.1', 'wrong password')).toBe(429);
  });

  it('many who sign up do not keep those from signing in who have an account', async () => {
    const { email } = await signUp(host.url);
    const up = () =>
      send(`${host.url}/api/auth/sign-up/email`, {
        headers: { 'x-forwarded-for': '203.0.113.2' },
        body: { email: `${crypto.randomUUID()}@example.com`, password: TEST_PASSWORD, name: 'X' },
      });
    expect((await up()).status).toBe(200);
    await fill('sign-up-address', 60);
    expect((await up()).status).toBe(429);
    expect(await signIn(email, '203.0.113.2')).toBe(200);
  });

  it.each([
    ['198.51.100.1', '198.51.100.1', '198.51.100.2'],
    ['2001:db8:1:1::1', '2001:db8:1:1::2', '2001:db8:1:2::1'],
  ])(
    'an account at which strangers have guessed too often opens where its user has a session (%s)',
    async (home, alsoHome, elsewhere) => {
      const { email } = await signUp(host.url);
      expect(await signIn(email, home)).toBe(200);
      expect(await signIn(email, '203.0.113.3', 'wrong password')).toBe(401);
      await fill('sign-in-account', 100);
      expect(await signIn(email, alsoHome)).toBe(200);
      // Passwords can be guessed: elsewhere the bound holds, for the right one too, and at home for wrong ones.
      expect(await signIn(email, elsewhere)).toBe(429);
      expect(await signIn(email, alsoHome, 'wrong password')).toBe(429);
    },
  );

  it('nobody is at home in an account that there is not', async () => {
    expect(await signIn('none@example.com', '203.0.113.4', 'wrong password')).toBe(401);
    await fill('sign-in-account', 100);
    expect(await signIn('none@example.com', '203.0.113.4', 'wrong password')).toBe(429);
  });
});
