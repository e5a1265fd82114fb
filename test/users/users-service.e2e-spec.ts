import { AuthEvents, UsersService, type HostUser, type UserDirectory } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { Mailbox } from '../support/mailbox.js';
import { guarded } from '../support/tokens.js';
import { signIn, signUp } from '../support/users.js';

const NEW_PASSWORD = 'another horse, another staple';

describe('UsersService', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let users: UsersService;
  beforeAll(async () => {
    host = await createTestApp({ auth: { cacheTtl: 0, mail: mailbox.mail } });
    users = host.app.get(UsersService);
  });
  afterAll(() => host?.close());

  it('creates users, with a password, verified, with roles, and says so', async () => {
    const heard: unknown[] = [];
    const stop = host.app.get(AuthEvents).on('user.created', (event) => void heard.push(event));
    const made = await users.create({
      email: 'New@Example.com',
      password: NEW_PASSWORD,
      emailVerified: true,
      roles: ['a', 'b'],
    });
    stop();
    expect(made).toMatchObject({
      email: 'new@example.com',
      name: 'new@example.com',
      emailVerified: true,
      roles: ['a', 'b'],
    });
    expect(heard).toEqual([{ subjectId: made!.id }]);
    expect(await users.find(made!.id)).toMatchObject({ roles: ['a', 'b'] });
    await signIn(host.url, 'new@example.com', NEW_PASSWORD);
    expect(await users.create({ email: 'new@example.com' })).toBeNull();
    await expect(users.create({ email: 'none' })).rejects.toMatchObject({ code: 'INVALID_EMAIL' });
    await expect(users.create({ email: 's@example.com', password: 'short' })).rejects.toMatchObject({
      code: 'PASSWORD_TOO_SHORT',
    });
    await expect(users.create({ email: 's@example.com', roles: ['a,b'] })).rejects.toMatchObject({
      code: 'UNKNOWN_ROLE',
    });
    expect(await users.findByEmail('s@example.com')).toBeNull();
  });

  it('lists by the beginning of address, name or id, page by page, each user once', async () => {
    const names = ['Ödön', 'ODY', 'Odd', 'OTHER', 'o%_d'];
    for (const [index, name] of names.entries()) await users.create({ email: `page-${index}@example.com`, name });
    const all: HostUser[] = [];
    let after: string | null = null;
    do {
      const page = await users.list({ prefix: 'Page-', limit: 2, after });
      all.push(...page.users);
      after = page.next;
    } while (after !== null);
    expect(all.map(({ email }) => email)).toEqual(names.map((_, index) => `page-${index}@example.com`));
    const named = async (prefix: string) =>
      (await users.list({ by: 'name', prefix })).users.map(({ name }) => name).toSorted();
    expect(await named('oD')).toEqual(['ODY', 'Odd']);
    expect(await named('Öd')).toEqual(['Ödön']);
    expect(await named('o%')).toEqual(['o%_d']);
    const [first] = all;
    expect((await users.list({ by: 'id', prefix: first!.id.slice(0, 30) })).users).toContainEqual(first);
    expect(await users.list({ prefix: 'nobody' })).toEqual({ users: [], next: null });
    expect(await users.list({ prefix: 'a\0' })).toEqual({ users: [], next: null });
    for (const bad of ['x', 'WzEsMl0', Buffer.from('["a\\u0000","b"]').toString('base64url')])
      await expect(users.list({ after: bad })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
    for (const limit of [0, 501, 1.5])
      await expect(users.list({ limit })).rejects.toMatchObject({ code: 'INVALID_LIMIT' });
  });

  it.each(['email', 'name', 'id'] as const)('lists by %s without reading all users', async (by) => {
    await host.sql(`INSERT INTO auth_user (id, email, name) SELECT 'u' || n, 'u' || n || '@many.example', 'User ' || n
                    FROM generate_series(1, 20000) n ON CONFLICT DO NOTHING`);
    await host.sql('ANALYZE auth_user');
    const key = { email: 'email COLLATE "C"', name: 'lower(name) COLLATE "C"', id: 'id COLLATE "C"' }[by];
    const plan = await host.sql<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM auth_user WHERE ${key} >= 'u' AND ${key} < 'v' AND (${key}, id COLLATE "C") > ('u19', 'u19') ORDER BY ${key}, id COLLATE "C" LIMIT 51`,
    );
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).toMatch(/Index (Only )?Scan using auth_user_by_/);
    expect(lines).not.toMatch(/Seq Scan|Sort/);
  });

  it('sets passwords: sessions end unless they are to stay, and the user hears of it', async () => {
    const user = await signUp(host.url);
    await users.setPassword(user.id, NEW_PASSWORD, { endSessions: false });
    expect(await guarded(host, user.token)).toBe(200);
    await mailbox.newest('credential-changed', user.email);
    await users.setPassword(user.id, 'a third horse, a third staple');
    expect([await guarded(host, user.token), await guarded(host, user.accessToken)]).toEqual([401, 401]);
    await expect(users.setPassword('nobody', NEW_PASSWORD)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    await users.disable(user.id);
    await expect(users.setPassword(user.id, NEW_PASSWORD)).rejects.toMatchObject({ code: 'USER_DISABLED' });
  });

  it('marks verified, updates, sets roles of a disabled user too, seeds with roles', async () => {
    const { id, email } = await signUp(host.url);
    expect(await users.markVerified(id)).toBe(true);
    expect(await users.update(id, { name: 'Ada' })).toMatchObject({ name: 'Ada', emailVerified: true });
    await users.disable(id);
    expect(await users.setRoles(id, ['x', 'x'])).toBe(true);
    expect(await users.seed({ email, roles: ['y'] })).toEqual({ id });
    expect(await users.find(id)).toMatchObject({ roles: ['y'] });
    expect([
      await users.markVerified('nobody'),
      await users.setRoles('nobody', []),
      await users.update('nobody', { name: 'x' }),
    ]).toEqual([false, false, null]);
  });

  it("of a host's own directory it does what that offers, and names what it does not", async () => {
    const user = {
      id: '7',
      email: 'own@example.com',
      emailVerified: false,
      name: 'Own',
      createdAt: new Date(),
      updatedAt: new Date(),
    };
    let roles: readonly string[] = [];
    const directory: UserDirectory = {
      find: async (id) => (id === '7' ? user : null),
      findByEmail: async () => null,
      list: async ({ by, prefix, limit }) => ({
        users: by === 'email' && prefix === 'own' && limit === 50 ? [user] : [],
        next: null,
      }),
      setRoles: async (_tx, _id, given) => {
        roles = given;
        return true;
      },
    };
    const own = await createTestApp({ databaseUrl: host.databaseUrl, auth: { accounts: { users: directory } } });
    const service = own.app.get(UsersService);
    expect(await service.list({ prefix: 'own' })).toEqual({ users: [user], next: null });
    expect(await service.setRoles('7', ['boss'])).toBe(true);
    expect(roles).toEqual(['boss']);
    const lacking = { code: 'MANAGED_ELSEWHERE', description: expect.stringMatching(/has no create\(\)/) };
    await expect(service.create({ email: 'a@example.com' })).rejects.toMatchObject(lacking);
    for (const call of [
      service.update('7', { name: 'x' }),
      service.markVerified('7'),
      service.setPassword('7', NEW_PASSWORD),
    ])
      await expect(call).rejects.toMatchObject({ code: 'MANAGED_ELSEWHERE' });
    await own.close();
  });
});
