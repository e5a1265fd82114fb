import { Injectable, Module } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { AuthEvents, SessionsService, UsersService, type UserDirectory } from 'nest-authority';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';
import { MemberDirectory, memberDirectory, memberMigration, type IdKind } from '../support/members.js';

const ID_SHAPES: Record<IdKind, RegExp> = { integer: /^\d+$/, uuid: /^[0-9a-f-]{36}$/, text: /^member-[0-9a-f]{32}$/ };

interface Case {
  readonly kind: IdKind;
  readonly form: 'class' | 'object';
}
const CASES: readonly Case[] = [
  { kind: 'integer', form: 'class' },
  { kind: 'uuid', form: 'class' },
  { kind: 'text', form: 'class' },
  { kind: 'integer', form: 'object' },
];

describe.each(CASES)('a host with its own users: $kind ids, directory as $form', ({ kind, form }) => {
  let host: TestApp;
  let users: UsersService;
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 2 });
    const query = async (sql: string, values: unknown[]) => (await pool.query(sql, values)).rows;
    const object: UserDirectory = {
      ...memberDirectory(query),
      remove: async (id) => void (await query('DELETE FROM member WHERE id = $1', [id])),
    };
    host = await createTestApp({
      databaseUrl: database.url,
      tables: ['sessions', 'bearer'],
      migrations: [memberMigration(kind)],
      auth: { accounts: { users: form === 'class' ? MemberDirectory : object } },
      // One connection: nothing of ours may wait for a second one while it holds the first (T118).
      poolSize: 1,
    });
    users = host.app.get(UsersService);
  });
  afterAll(async () => {
    await host.close();
    await pool.end();
    await database.drop();
  });

  const api = (path: string, options: Parameters<typeof send>[1] = {}) => send(`${host.url}/api/auth/${path}`, options);
  const memberRow = async (email: string) => (await host.sql('SELECT * FROM member WHERE email = $1', [email]))[0];

  it('there is no table of ours for users', async () => {
    const tables = await host.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
    );
    const names = tables.map(({ name }) => name);
    expect(names).not.toContain('auth_user');
    expect(names).toEqual(expect.arrayContaining(['auth_session', 'auth_subject', 'auth_token', 'member']));
  });

  it('200 sign-up writes the host table; ids are text on the wire and in every row of ours', async () => {
    const user = await signUp(host.url, { name: 'Ada' });
    const row = await memberRow(user.email);
    expect(row).toMatchObject({ full_name: 'Ada', plan: 'free' });
    expect(user.id).toBe(String(row!['id']));
    expect(user.id).toMatch(ID_SHAPES[kind]);
    expect(await host.sql('SELECT subject FROM auth_session WHERE id = $1', [user.sessionId])).toEqual([
      { subject: user.id },
    ]);
    expect(row!['secret']).toMatch(/^\$scrypt\$/);
  });

  it('422 for an address that the host knows already', async () => {
    const user = await signUp(host.url);
    const body = { email: user.email.toUpperCase(), password: TEST_PASSWORD, name: 'Eve' };
    expect(await api('sign-up/email', { body })).toMatchObject({
      status: 422,
      body: { code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' },
    });
  });

  it('200 sign-in and get-session show the further members of the host; 401 for a wrong password', async () => {
    const { email } = await signUp(host.url);
    const user = await signIn(host.url, email);
    for (const bearer of [user.token, user.accessToken]) {
      const session = await api('get-session', { bearer });
      expect(session.body.user).toMatchObject({ id: user.id, email, plan: 'free', emailVerified: true });
      expect(session.text).not.toContain('scrypt');
    }
    const current = await host.app.get(SessionsService).getSession({ headers: { cookie: user.cookie } });
    expect(current?.user['plan']).toBe('free');
    const wrong = await api('sign-in/email', { body: { email, password: 'not the password' } });
    const unknown = await api('sign-in/email', { body: { email: `no-${email}`, password: TEST_PASSWORD } });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.body).toEqual(unknown.body);
  });

  it('200 update-user and change-password reach the host table', async () => {
    const user = await signUp(host.url);
    expect((await api('update-user', { bearer: user.token, body: { name: 'Renamed' } })).status).toBe(200);
    expect(await memberRow(user.email)).toMatchObject({ full_name: 'Renamed' });
    const body = { currentPassword: TEST_PASSWORD, newPassword: 'a new password', revokeOtherSessions: true };
    expect((await api('change-password', { bearer: user.token, body })).status).toBe(200);
    expect((await api('get-session', { bearer: user.token })).body).toBeNull();
    await expect(signIn(host.url, user.email)).rejects.toThrow('401');
    expect((await signIn(host.url, user.email, 'a new password')).id).toBe(user.id);
  });

  it('200 delete-user removes the row of the host and all that the user held', async () => {
    const user = await signUp(host.url);
    expect((await api('delete-user', { bearer: user.token, body: { password: TEST_PASSWORD } })).status).toBe(200);
    expect(await memberRow(user.email)).toBeUndefined();
    expect((await api('get-session', { bearer: user.token })).body).toBeNull();
    expect((await api('token/refresh', { body: { refreshToken: user.refreshToken } })).status).toBe(401);
    const again = await signUp(host.url, { email: user.email });
    expect(again.id).not.toBe(user.id);
  });

  it('disable ends everything and keeps out; enable lets in again, what ended stays ended', async () => {
    const user = await signUp(host.url);
    await users.disable(user.id);
    for (const bearer of [user.token, user.accessToken]) expect((await api('get-session', { bearer })).body).toBeNull();
    expect((await api('token/refresh', { body: { refreshToken: user.refreshToken } })).status).toBe(401);
    await expect(signIn(host.url, user.email)).rejects.toThrow('INVALID_EMAIL_OR_PASSWORD');
    expect(await memberRow(user.email)).toMatchObject({ banned: form === 'class' });
    expect(await users.enable(user.id)).toBe(true);
    expect((await signIn(host.url, user.email)).id).toBe(user.id);
    expect((await api('get-session', { bearer: user.token })).body).toBeNull();
  });

  it('forget removes the row and ends everything; find answers null; enable does not bring them back', async () => {
    const user = await signUp(host.url);
    expect((await users.find(user.id))?.email).toBe(user.email);
    expect((await users.findByEmail(` ${user.email.toUpperCase()} `))?.id).toBe(user.id);
    await users.forget(user.id);
    expect(await users.find(user.id)).toBeNull();
    expect(await memberRow(user.email)).toBeUndefined();
    expect((await api('get-session', { bearer: user.token })).body).toBeNull();
    expect(await users.enable(user.id)).toBe(false);
  });

  it('forget may be repeated when the removal of the row had failed', async () => {
    const user = await signUp(host.url);
    await host.sql('INSERT INTO invoice (member_id) VALUES ($1)', [user.id]);
    await expect(users.forget(user.id)).rejects.toThrow(/invoice/);
    const { body } = await api('get-session', { bearer: user.token });
    // With `end` both happen or neither does; with `remove` the credentials have ended when the row is tried.
    expect(body?.user.id ?? null).toBe(form === 'class' ? user.id : null);
    await host.sql('DELETE FROM invoice');
    await users.forget(user.id);
    expect(await memberRow(user.email)).toBeUndefined();
  });

  it('seed belongs to our own table and says so', async () => {
    await expect(users.seed({ email: 'seed@example.com' })).rejects.toThrow(/accounts\.users/);
  });
});

describe('a directory that is a provider of the host', () => {
  /** Something of the host that Nest has to make first. */
  @Injectable()
  class Mailer {
    readonly ready = true;
  }

  @Injectable()
  class HostDirectory extends MemberDirectory {
    static made = 0;
    constructor(
      @InjectDataSource() dataSource: DataSource,
      readonly mailer: Mailer,
    ) {
      super(dataSource);
      HostDirectory.made++;
    }
  }

  @Module({ providers: [HostDirectory, Mailer], exports: [HostDirectory] })
  class MembersModule {}

  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      tables: ['sessions'],
      migrations: [memberMigration('integer')],
      imports: [MembersModule],
      auth: { bearer: false, accounts: { users: HostDirectory } },
    });
  });
  afterAll(() => host.close());

  it('200: the one instance of the host is used, complete with what it injects', async () => {
    const user = await signUp(host.url);
    expect(await host.app.get(UsersService).find(user.id)).toMatchObject({ email: user.email, plan: 'free' });
    expect(HostDirectory.made).toBe(1);
    expect(host.app.get(HostDirectory).mailer.ready).toBe(true);
  });

  it('events name the subject by its text id', async () => {
    const events: unknown[] = [];
    const stop = host.app.get(AuthEvents).onAny((event) => void events.push(event));
    const user = await signUp(host.url);
    stop();
    expect(events).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'user.created', event: { subjectId: user.id } })]),
    );
  });
});

describe('a directory that can only look users up', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      tables: ['sessions', 'bearer'],
      auth: { accounts: { users: { find: async () => null, findByEmail: async () => null } } },
    });
  });
  afterAll(() => host.close());

  it('400 EMAIL_PASSWORD_SIGN_UP_DISABLED for sign-up, 401 for sign-in', async () => {
    const body = { email: 'a@example.com', password: TEST_PASSWORD, name: 'A' };
    expect(await send(`${host.url}/api/auth/sign-up/email`, { body })).toMatchObject({
      status: 400,
      body: { code: 'EMAIL_PASSWORD_SIGN_UP_DISABLED' },
    });
    expect((await send(`${host.url}/api/auth/sign-in/email`, { body })).status).toBe(401);
  });
});

describe('a directory that is none', () => {
  it('stops the boot and says what is missing', async () => {
    const users = { find: async () => null } as unknown as UserDirectory;
    const boot = createTestApp({ tables: ['sessions'], auth: { accounts: { users } } }).then((app) => app.close());
    await expect(boot).rejects.toThrow(/accounts\.users: .*findByEmail/);
  });
});
