import { createDeviceHost, type DeviceHost } from '../support/device.js';
import { send, type Answer } from '../support/http.js';
import { connectSql, waitForBlocked } from '../support/sql-client.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

/** No code looks like these: the alphabet is the same, and nobody draws them in a test. */
const wrongCode = (count: number) => `ZZZZ-ZZZ${'BCDFGHJKLMNPQRSTVWXZ'[count % 20]}`;

describe('T099 guesses of user codes', () => {
  let host: DeviceHost;
  let user: SignedInUser;
  beforeEach(async () => {
    host = await createDeviceHost({}, { poolSize: 20, auth: { rateLimits: true, trustProxy: ['loopback'] } });
    user = await signUp(host.url);
  });
  afterEach(() => host.close());

  const guess = (code: string, from: string, by?: SignedInUser, route: 'open' | 'approve' | 'deny' = 'open') =>
    route === 'open'
      ? send(`${host.url}/api/auth/device?user_code=${code}`, {
          headers: { 'x-forwarded-for': from },
          ...(by && { bearer: by.token }),
        })
      : send(`${host.url}/api/auth/device/${route}`, {
          headers: { 'x-forwarded-for': from },
          body: { userCode: code },
          ...(by && { bearer: by.token }),
        });

  /** As if so many had been wrong from every address that has guessed. */
  const fill = (points: number) =>
    host.sql(`UPDATE auth_rate_limit SET points = $1 WHERE key LIKE 'device-code-address:%'`, [points]);

  async function statuses(count: number, attempt: (index: number) => Promise<Answer>): Promise<number[]> {
    const list: number[] = [];
    for (let index = 0; index < count; index++) list.push((await attempt(index)).status);
    return list;
  }

  it('T099 of one session: five, then 429 with Retry-After, from whatever addresses and by whatever route', async () => {
    const routes = ['open', 'approve', 'deny'] as const;
    const list = await statuses(7, (index) => guess(wrongCode(index), `192.0.2.${index}`, user, routes[index % 3]));
    expect(list).toEqual([404, 404, 404, 404, 404, 429, 429]);
    const refused = await guess(wrongCode(8), '192.0.2.99', user);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(refused.body).toMatchObject({ error: expect.any(String), error_description: expect.any(String) });
  });

  it('T099 of one account: ten, however many sessions it has', async () => {
    const second = await signIn(host.url, user.email);
    const third = await signIn(host.url, user.email);
    const first = await statuses(5, (index) => guess(wrongCode(index), `192.0.2.${index}`, user));
    const more = await statuses(5, (index) => guess(wrongCode(index), `198.51.100.${index}`, second));
    expect([...first, ...more].every((status) => status === 404)).toBe(true);
    expect((await guess(wrongCode(0), '203.0.113.1', third)).status).toBe(429);
  });

  it('F07: T099 of one address five without a session, of IPv6 the /64; who is signed in there has their own', async () => {
    expect(await statuses(6, (index) => guess(wrongCode(index), '192.0.2.1'))).toEqual([404, 404, 404, 404, 404, 429]);
    expect(await statuses(6, (index) => guess(wrongCode(index), '192.0.2.1', user))).toEqual([
      404, 404, 404, 404, 404, 429,
    ]);
    expect(await statuses(6, (index) => guess(wrongCode(index), `2001:db8:1:1::${index}`))).toEqual([
      404, 404, 404, 404, 404, 429,
    ]);
    expect((await guess(wrongCode(0), '2001:db8:1:2::1')).status).toBe(404);
  });

  it('F07: RFC 8628 5.1 of one address 95 in the life of a code, one chance in 2^28, whoever guesses', async () => {
    expect((await guess(wrongCode(0), '192.0.2.1', user)).status).toBe(404);
    await fill(94);
    const another = await signUp(host.url);
    expect((await guess(wrongCode(1), '192.0.2.1', another)).status).toBe(404);
    expect((await guess(wrongCode(2), '192.0.2.1', another)).status).toBe(429);
    expect((await guess(wrongCode(2), '192.0.2.2', another)).status).toBe(404);
  });

  it('F07: the right code of a user is found behind an address from which a stranger and another user have guessed all they may', async () => {
    const other = await signUp(host.url);
    await statuses(6, (index) => guess(wrongCode(index), '192.0.2.1', other));
    await statuses(6, (index) => guess(wrongCode(index), '192.0.2.1'));
    const { body } = await host.ask();
    expect((await guess(body.user_code, '192.0.2.1', user)).body).toMatchObject({ client_id: 'tv' });
    expect((await guess(body.user_code, '192.0.2.1', user, 'approve')).body).toEqual({ success: true });
  });

  it('T099 fifty at one moment: five are looked up', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => guess(wrongCode(index), '192.0.2.1', user)),
    );
    const found = answers.filter(({ status }) => status === 404).length;
    expect(found).toBeLessThanOrEqual(5);
    expect(answers.every(({ status }) => status === 404 || status === 429)).toBe(true);
  });

  it('T099 right codes are not counted, and do not give wrong ones back', async () => {
    const from = '192.0.2.1';
    for (let round = 0; round < 5; round++) {
      const { body } = await host.ask();
      expect((await guess(body.user_code, from, user)).status).toBe(200);
      expect((await guess(wrongCode(round), from, user)).status).toBe(404);
    }
    const { body } = await host.ask();
    expect((await guess(body.user_code, from, user)).status).toBe(429);
  });

  it('T099 many right codes at one moment refuse nobody, and give no wrong one back', async () => {
    const from = '192.0.2.1';
    const { body } = await host.ask();
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(Array.from({ length: 40 }, () => guess(body.user_code, from)));
      expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200));
    }
    expect(await statuses(6, () => guess(body.user_code, from))).toEqual(Array(6).fill(200));
    expect(await statuses(6, (index) => guess(wrongCode(index), from))).toEqual([404, 404, 404, 404, 404, 429]);
  });

  it('T099 a right code that is looked up while its window ends gives none back in the next one', async () => {
    const from = '192.0.2.1';
    const { body } = await host.ask();
    const sql = await connectSql(host.databaseUrl);
    await sql.run('BEGIN');
    await sql.run('LOCK TABLE auth_device_authorization IN ACCESS EXCLUSIVE MODE');
    const late = guess(body.user_code, from);
    await waitForBlocked(sql, 1);
    // It is being looked up; meanwhile the window ends, and five wrong ones fill the next one.
    await host.sql(`UPDATE auth_rate_limit SET points = 5, expire = expire + 900000`);
    await sql.run('ROLLBACK');
    await sql.close();
    expect((await late).status).toBe(200);
    expect((await guess(wrongCode(0), from)).status).toBe(429);
  });

  it('T099 who has opened their code gets on with it, whatever others try from their address', async () => {
    const from = '192.0.2.1';
    const { body } = await host.ask();
    expect((await guess(body.user_code, from, user)).status).toBe(200);
    await statuses(6, (index) => guess(wrongCode(index), from));
    expect((await guess(body.user_code, from, user)).body.client_id).toBe('tv');
    expect((await guess(body.user_code, from, user, 'approve')).body).toEqual({ success: true });
    expect((await host.pollInTime(body.device_code)).status).toBe(200);
  });

  it('T099 who is refused at a full address has not used up tries of their own', async () => {
    expect((await guess(wrongCode(0), '192.0.2.1', await signUp(host.url))).status).toBe(404);
    await fill(95);
    expect(await statuses(8, (index) => guess(wrongCode(index), '192.0.2.1', user))).toEqual(Array(8).fill(429));
    expect((await guess(wrongCode(0), '192.0.2.2', user)).status).toBe(404);
  });

  it('T105 what cannot be a code costs no try', async () => {
    expect(await statuses(8, () => guess('AAAA-AAAA', '192.0.2.1', user))).toEqual(Array(8).fill(404));
    expect((await guess(wrongCode(0), '192.0.2.1', user)).status).toBe(404);
  });
});
