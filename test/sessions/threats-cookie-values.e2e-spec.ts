import { createTestApp, TEST_ISSUER, type Adapter, type TestApp } from '../support/app.js';
import { cookiesOf, send, type Answer } from '../support/http.js';
import { logoutClient } from '../support/logout.js';
import { until } from '../support/until.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const HTTPS = 'https://auth.example.com';

const valueOf = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1);

describe.each<Adapter>(['express', 'fastify'])(
  'F08: several values of one cookie (RFC 6265 4.2.2), on %s',
  (adapter) => {
    let host: TestApp;
    let user: SignedInUser;
    let another: SignedInUser;
    /** Signed, and of a session that has ended. */
    let dead: string[];

    beforeAll(async () => {
      host = await createTestApp({
        adapter,
        auth: { allowPrivateNetwork: true, jwt: true, oauthProvider: { clients: [logoutClient('shop')] } },
      });
      const gone = await signUp(host.url);
      dead = [gone.cookie];
      for (let count = 0; count < 4; count++) dead.push((await signIn(host.url, gone.email)).cookie);
      await send(`${host.url}/api/auth/revoke-sessions`, { method: 'POST', bearer: gone.token });
    });
    beforeEach(async () => {
      [user, another] = [await signUp(host.url), await signUp(host.url)];
    });
    afterAll(() => host.close());

    const call = (route: string, cookies: string[], body?: unknown): Promise<Answer> =>
      send(`${host.url}/api/auth/${route}`, {
        headers: { cookie: cookies.join('; '), origin: TEST_ISSUER },
        ...(body !== undefined && { body }),
      });
    const who = async (...cookies: string[]) => (await call('get-session', cookies)).body?.user.id ?? null;
    const junk = ['better-auth.session_token=x', 'better-auth.session_token=', 'better-auth.session_token=%zz'];

    it('F08: the live one counts, wherever it stands', async () => {
      for (const cookies of [
        [...dead, user.cookie],
        [user.cookie, ...dead],
        [...dead.slice(2), user.cookie, ...dead.slice(0, 2)],
        [...junk, user.cookie, 'other=1'],
        [user.cookie, user.cookie],
        [user.token, another.token].map((token) => `better-auth.session_token=${token}`).concat(user.cookie),
      ]) {
        expect(await who(...cookies)).toBe(user.id);
        expect((await call('list-sessions', cookies)).status).toBe(200);
        const updated = await call('update-user', cookies, { name: 'Somebody' });
        expect([updated.status, valueOf(cookiesOf(updated))]).toEqual([200, valueOf(user.cookie)]);
      }
      expect(await who(...dead)).toBeNull();
    });

    it('F08: two live ones of one user are that user', async () => {
      const second = await signIn(host.url, user.email);
      for (const cookies of [
        [user.cookie, second.cookie],
        [second.cookie, ...dead, user.cookie],
      ])
        expect(await who(...cookies)).toBe(user.id);
    });

    it('F08: live ones of two users are nobody, for reading and for changing; nothing is cleared that leaves the other', async () => {
      for (const cookies of [
        [user.cookie, another.cookie],
        [another.cookie, ...dead, user.cookie],
      ]) {
        const read = await call('get-session', cookies);
        expect([read.body, read.headers.getSetCookie()]).toEqual([null, []]);
        for (const [route, body] of [
          ['update-user', { name: 'Changed' }],
          ['revoke-sessions', {}],
          ['change-password', { currentPassword: TEST_PASSWORD, newPassword: 'another good password' }],
          ['list-sessions', undefined],
        ] as const)
          expect([route, (await call(route, cookies, body)).status]).toEqual([route, 401]);
        const page = await send(`${host.url}/api/auth/account`, {
          headers: { cookie: cookies.join('; '), accept: 'text/html' },
        });
        expect(page.status).toBe(303);
      }
      expect([await who(user.cookie), await who(another.cookie)]).toEqual([user.id, another.id]);
    });

    it('F08: signing in ends the sessions of others, so that the new cookie is the only live one', async () => {
      const answer = await call('sign-in/email', [another.cookie, ...dead, user.cookie], {
        email: user.email,
        password: TEST_PASSWORD,
      });
      expect(await who(another.cookie, ...dead, cookiesOf(answer))).toBe(user.id);
      expect([await who(another.cookie), await who(user.cookie)]).toEqual([null, null]);
      expect(await host.sql('SELECT id FROM auth_session WHERE subject = $1', [user.id])).toEqual([
        { id: user.sessionId },
      ]);
    });

    it.each<[string, number, (cookies: string[]) => Promise<Answer>]>([
      ['sign-out', 200, (cookies) => call('sign-out', cookies, {})],
      [
        'the page of accounts',
        303,
        (cookies) =>
          send(`${host.url}/api/auth/account/sign-out`, {
            body: new URLSearchParams(),
            headers: { cookie: cookies.join('; '), origin: TEST_ISSUER },
          }),
      ],
      [
        'the end_session_endpoint',
        200,
        (cookies) =>
          send(`${host.url}/api/auth/oauth2/end-session`, {
            headers: { cookie: cookies.join('; '), accept: 'text/html' },
          }),
      ],
    ])('F08: signing out at %s ends all of them', async (_name, status, signOut) => {
      const answer = await signOut([...dead, another.cookie, user.cookie]);
      expect(answer.status).toBe(status);
      expect([await who(user.cookie), await who(another.cookie)]).toEqual([null, null]);
      const names = answer.headers.getSetCookie().map((line) => line.split('; ').slice(0, 2).join('; '));
      expect(names).toContain('better-auth.session_token=; Max-Age=0');
    });

    it('F08: as many as a browser keeps do no harm', async () => {
      const many = Array.from({ length: 49 }, (_, index) => dead[index % dead.length]!);
      expect(await who(...many, user.cookie)).toBe(user.id);
    });
  },
);

describe('F08: names and places of the cookies', () => {
  const hosts: TestApp[] = [];
  afterAll(async () => {
    // The first one owns the database.
    for (const host of hosts.reverse()) await host.close();
  });

  async function hostWith(cookies: object): Promise<TestApp> {
    const auth = { issuer: HTTPS, cookies };
    hosts.push(await createTestApp({ auth, ...(hosts[0] && { databaseUrl: hosts[0].databaseUrl }) }));
    return hosts.at(-1)!;
  }
  const headersOf = (cookie: string) => ({ cookie, origin: HTTPS });
  const who = async (host: TestApp, cookie: string) =>
    (await send(`${host.url}/api/auth/get-session`, { headers: headersOf(cookie) })).body?.user.id ?? null;

  it('F08: a session under the __Secure- name is kept where __Host- is the default, and moves when it is next extended', async () => {
    const [before, now, strict] = [
      await hostWith({ hostPrefix: false }),
      await hostWith({}),
      await hostWith({ hostPrefix: true }),
    ];
    const user = await signUp(before.url);
    expect(user.cookie).toMatch(/^__Secure-better-auth\.session_token=/);
    expect([await who(now, user.cookie), await who(strict, user.cookie)]).toEqual([user.id, null]);
    await now.sql(`UPDATE auth_session SET updated_at = now() - interval '2 days' WHERE subject = $1`, [user.id]);
    await now.sql(`SELECT pg_notify('nest_authority', 'subject:' || $1)`, [user.id]);
    let lines: string[] = [];
    await until('it is sent again', async () => {
      const answer = await send(`${now.url}/api/auth/get-session`, { headers: headersOf(user.cookie) });
      lines = answer.headers.getSetCookie();
      return lines.length > 0;
    });
    expect(lines.map((line) => line.replace(/token=[^;]+/, 'token=…'))).toEqual([
      '__Secure-better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-better-auth.session_token=…; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax',
    ]);
    expect(await who(strict, lines[1]!.split(';', 1)[0]!)).toBe(user.id);
  });

  it('F08: what a sibling host plants under the weaker name does not count beside __Host-', async () => {
    const host = await hostWith({});
    const [user, attacker] = [await signUp(host.url), await signUp(host.url)];
    const planted = attacker.cookie.replace('__Host-', '__Secure-');
    for (const cookie of [`${planted}; ${user.cookie}`, `${user.cookie}; ${planted}`]) {
      expect(await who(host, cookie)).toBe(user.id);
      const updated = await send(`${host.url}/api/auth/update-user`, {
        body: { name: 'Mine' },
        headers: headersOf(cookie),
      });
      expect(updated.status).toBe(200);
    }
    const rows = await host.sql('SELECT id, name FROM auth_user WHERE id = ANY($1)', [[user.id, attacker.id]]);
    expect(rows.find(({ id }) => id === user.id)).toMatchObject({ name: 'Mine' });
    expect(rows.find(({ id }) => id === attacker.id)).toMatchObject({ name: 'Test User' });
  });

  it('F08: sign-out clears every variant that there can be', async () => {
    const host = await hostWith({ domain: 'example.com' });
    const user = await signUp(host.url);
    const out = await send(`${host.url}/api/auth/sign-out`, { body: {}, headers: headersOf(user.cookie) });
    const cleared = out.headers.getSetCookie().filter((line) => line.includes('session_token='));
    expect(cleared.every((line) => line.includes('=; Max-Age=0; '))).toBe(true);
    expect(cleared.map((line) => line.replace(/=; Max-Age=0|; (Path=\/|HttpOnly|Secure|SameSite=Lax)/g, ''))).toEqual([
      '__Secure-better-auth.session_token; Domain=example.com',
      '__Host-better-auth.session_token',
      '__Secure-better-auth.session_token',
      'better-auth.session_token; Domain=example.com',
      'better-auth.session_token',
    ]);
  });
});
