import { startAdministeredHost, type AdministeredHost } from '../support/administered-host.js';
import { guarded } from '../support/tokens.js';
import { until } from '../support/until.js';
import { signIn, signUp } from '../support/users.js';

const PASSWORD = 'another horse, another staple';

describe('commands of users, beside a running server', () => {
  let administered: AdministeredHost;
  beforeAll(async () => {
    administered = await startAdministeredHost();
  });
  afterAll(() => administered.close());

  it('create makes a user who signs in, and shows no password', async () => {
    const { cli, host } = administered;
    const args = ['users', 'create', 'Ada@example.com', '--name', 'Ada', '--role', 'a', '--role', 'b', '--verified'];
    const made = await cli.with({ ADA: PASSWORD }).run(...args, '--password-from', 'ADA', '--json');
    expect([made.code, (made.out + made.err).includes(PASSWORD)]).toEqual([0, false]);
    expect(made.json.user).toMatchObject({
      email: 'ada@example.com',
      name: 'Ada',
      roles: ['a', 'b'],
      emailVerified: true,
    });
    await signIn(host.url, 'ada@example.com', PASSWORD);
    const again = await cli.run('users', 'create', 'ada@example.com');
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('Somebody has the address')]);
    expect((await cli.run('users', 'create', 'x@example.com', '--password-from', 'NONE')).code).toBe(2);
    const short = await cli.with({ ADA: 'short' }).run('users', 'create', 'x@example.com', '--password-from', 'ADA');
    expect([short.code, short.err]).toEqual([1, expect.stringContaining('Password too short')]);
  });

  it('list shows pages', async () => {
    const { cli } = administered;
    for (const name of ['one', 'two', 'three'])
      await cli.run('users', 'create', `list-${name}@example.com`, '--name', `${name} of list`);
    const first = await cli.run('users', 'list', 'list-', '--limit', '2', '--json');
    expect(first.json.users.map(({ email }: { email: string }) => email)).toEqual([
      'list-one@example.com',
      'list-three@example.com',
    ]);
    const rest = await cli.run('users', 'list', 'list-', '--limit', '2', '--after', first.json.next, '--json');
    expect(rest.json).toMatchObject({ users: [{ email: 'list-two@example.com' }], next: null });
    expect((await cli.run('users', 'list', 'two', '--by', 'name')).out).toMatch(/list-two@example\.com/);
    expect((await cli.run('users', 'list', 'nobody')).out).toBe('There is no such user.\n');
    expect((await cli.run('users', 'list', '--after', 'x')).code).toBe(1);
  });

  it('set-roles ends what the user holds, at once on the server too', async () => {
    const { cli, host } = administered;
    const user = await signUp(host.url);
    expect(await guarded(host, user.token)).toBe(200);
    const set = await cli.run('users', 'set-roles', user.email, 'admin', 'editor', '--json');
    expect(set.json).toEqual({ id: user.id, email: user.email, roles: ['admin', 'editor'] });
    await until('the server refuses the session', async () => (await guarded(host, user.token)) === 401);
    expect((await cli.run('users', 'set-roles', user.email)).out).toContain('has no role');
    expect((await cli.run('users', 'set-roles', user.email, 'a,b')).code).toBe(1);
  });
});
