import { randomBytes } from 'node:crypto';
import { importRun, movedOf } from '../support/better-auth-import.js';
import {
  createClientThere,
  signUpThere,
  startBetterAuth,
  type BetterAuthServer,
  type OldUser,
} from '../support/better-auth-server.js';
import type { TestDatabase } from '../support/database.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';

const PASSWORD = 'correct horse battery staple';

/** Users are moved in the order of their ids, and better-auth's are random: this one comes last. */
const TWIN = 'zzzzzzzzzzzz';

describe('import better-auth: what cannot be moved', () => {
  let old: BetterAuthServer;
  let database: TestDatabase;
  let here: SqlClient;
  let ada: OldUser;

  beforeAll(async () => {
    [old, database] = await Promise.all([startBetterAuth(), createMigratedDatabase()]);
    here = await connectSql(database.url);
    ada = await signUpThere(old, 'ada@example.com', PASSWORD);
  });
  afterAll(async () => {
    await here.close();
    await Promise.all([old.close(), database.drop()]);
  });

  const insert = (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => `$${index + 1}`);
    return old.sql(
      `INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) VALUES (${places.join(', ')})`,
      Object.values(row),
    );
  };
  const times = { createdAt: new Date(), updatedAt: new Date() };
  const user = (id: string, email: string, more: object = {}) =>
    insert('user', { id, email, name: id, emailVerified: true, ...times, ...more });
  const session = (id: string, more: object = {}) =>
    insert('session', {
      ...{ id, userId: ada.id, token: randomBytes(16).toString('hex'), ...times },
      ...{ expiresAt: new Date(Date.now() + 86_400_000 * 7), ...more },
    });
  const key = (id: string, more: object = {}) =>
    insert('apikey', {
      ...{ id, configId: 'default', referenceId: ada.id, key: randomBytes(32).toString('base64url'), ...times },
      ...more,
    });

  it('exit code 1: each such row is told with its id, the others of its page are moved', async () => {
    await user(TWIN, ' ADA@example.com');
    await user('none', 'no address');
    await user('hash', 'hash@example.com');
    const hash = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
    await insert('account', {
      id: 'p',
      accountId: 'hash',
      providerId: 'credential',
      userId: 'hash',
      password: hash,
      ...times,
    });
    await insert('account', { id: 'sso', accountId: '7', providerId: 'acme', userId: ada.id, ...times });
    await session('made by hand', { token: 'too-short' });
    await session('of the skipped user', { userId: TWIN });
    await key('bad metadata', { metadata: '{"a":' });
    await key('list for permissions', { permissions: '["read"]' });
    await key('zero', { rateLimitMax: 0 });
    await key('nul', { metadata: String.raw`{"a":"\u0000"}` });
    await key('plain hash', { key: 'secret' });
    await key('good', { metadata: '{"a":1}' });
    const { exitCode, report, out } = await importRun(old.databaseUrl, database.url);
    const told = Object.fromEntries(report.skipped.map(({ kind, id, reason }) => [`${kind}: ${id}`, reason]));
    expect([exitCode, told]).toEqual([
      1,
      {
        [`users: ${TWIN}`]: expect.stringContaining(`that of the user ${ada.id}`),
        'users: none': expect.stringContaining('e-mail address'),
        'passwords: hash': expect.stringContaining('moved without it'),
        'linked accounts: sso': expect.stringContaining('--issuer acme='),
        'sessions: made by hand': expect.stringContaining('token'),
        'API keys: bad metadata': 'metadata is not JSON',
        'API keys: list for permissions': 'permissions is not an object',
        'API keys: zero': expect.stringContaining('whole number above zero'),
        'API keys: nul': 'the database refuses it (22P05)',
        'API keys: plain hash': expect.stringContaining('hash'),
      },
    ]);
    expect(movedOf(report)).toEqual({ users: '2 moved', sessions: '1 moved', 'API keys': '1 moved' });
    expect(report.kinds.sessions.left).toEqual({ 'its user was not moved': 1 });
    expect(out).not.toContain('N9qo8uLOickgx2ZMRZoMye');
    const [row] = await here.run('SELECT metadata FROM auth_api_key');
    expect(row).toEqual({ metadata: { a: 1 } });
  });

  it('a dry run tells the same, page by page; --allow-skips gives exit code 0', async () => {
    const empty = await createMigratedDatabase();
    try {
      const dry = await importRun(old.databaseUrl, empty.url, '--dry-run', '--batch-size', '1', '--allow-skips');
      const real = await importRun(old.databaseUrl, empty.url);
      expect([dry.exitCode, real.exitCode, dry.report.kinds]).toEqual([0, 1, real.report.kinds]);
      const idsOf = (run: typeof dry) => run.report.skipped.map(({ kind, id }) => `${kind}: ${id}`).toSorted();
      expect(idsOf(dry)).toEqual(idsOf(real));
    } finally {
      await empty.drop();
    }
  });

  it('a page that the database refuses is moved row by row, without those that it refuses', async () => {
    await here.run(`ALTER TABLE auth_user ADD CONSTRAINT of_the_host CHECK (email <> 'refused@example.com')`);
    await user('refused', 'refused@example.com');
    await user('beside', 'beside@example.com');
    const { report } = await importRun(old.databaseUrl, database.url);
    expect(movedOf(report)).toEqual({ users: '1 moved' });
    expect(report.skipped).toContainEqual({
      ...{ kind: 'users', id: 'refused', reason: 'the database refuses it (23514 of_the_host)' },
    });
    await old.sql(`DELETE FROM "user" WHERE id = 'refused'`);
  });

  it('accounts at known providers are linked by issuer and subject; at Microsoft by tenant and object; at GitLab by its issuer', async () => {
    const claims = (payload: object) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.x`;
    const [tid, oid] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
    const issuer = `https://login.microsoftonline.com/${tid}/v2.0`;
    const account = (id: string, providerId: string, accountId: string, more: object = {}) =>
      insert('account', { id, providerId, accountId, userId: 'hash', ...times, ...more });
    await account('google', 'google', '1001');
    await account('entra', 'microsoft', 'a-sub', { idToken: claims({ iss: issuer, tid, oid, sub: 'a-sub' }) });
    await account('entra later', 'microsoft', oid.replace('2', '3'));
    await account('entra sub', 'microsoft', 'another-sub');
    // Of whichever host of GitLab it was.
    await account('lab', 'gitlab', '1');
    const first = await importRun(old.databaseUrl, database.url);
    const told = first.report.skipped.filter(({ id }) => /^(entra|lab)/.test(id));
    expect(told.map(({ id }) => id)).toEqual(['entra later', 'entra sub', 'lab']);
    await importRun(
      old.databaseUrl,
      database.url,
      ...['--issuer', `microsoft=${issuer}`, '--issuer', 'gitlab=https://git.example'],
    );
    const rows = await here.run('SELECT issuer, account_id FROM auth_linked_account ORDER BY account_id');
    expect(rows).toEqual([
      { issuer: 'https://git.example', account_id: '1' },
      { issuer: 'https://accounts.google.com', account_id: '1001' },
      { issuer, account_id: `${tid}.${oid}` },
      { issuer, account_id: `${tid}.${oid.replace('2', '3')}` },
    ]);
    await here.run('DELETE FROM auth_linked_account');
    await old.sql(`DELETE FROM account WHERE "userId" = 'hash' AND "providerId" <> 'credential'`);
  });

  it('with --issuer the account of another provider is linked, its tokens encrypted', async () => {
    await old.sql(`UPDATE account SET "accessToken" = 'token-of-acme', scope = 'openid,email' WHERE id = 'sso'`);
    const { report } = await importRun(old.databaseUrl, database.url, '--issuer', 'acme=https://acme.example');
    expect(movedOf(report)).toEqual({ 'linked accounts': '1 moved' });
    const [row] = await here.run<{ tokens: Buffer }>(
      'SELECT provider_id, issuer, account_id, scopes, tokens FROM auth_linked_account',
    );
    expect(row).toMatchObject({
      ...{ provider_id: 'acme', issuer: 'https://acme.example', account_id: '7', scopes: ['openid', 'email'] },
    });
    expect(row!.tokens.toString('latin1')).not.toContain('token-of-acme');
  });

  it('clients that would not work here are told; a disabled one is moved disabled', async () => {
    const made = async (change: object, sql = '') => {
      const { id } = await createClientThere(old, ada, change);
      if (sql) await old.sql(`UPDATE "oauthClient" SET ${sql} WHERE "clientId" = $1`, [id]);
      return old
        .sql<{ id: string }>('SELECT id FROM "oauthClient" WHERE "clientId" = $1', [id])
        .then(([row]) => row!.id);
    };
    const expected = [
      [await made({}, `"subjectType" = 'pairwise'`), 'pairwise'],
      [await made({}, `"clientSecret" = 'encrypted-by-a-key'`), 'register it anew'],
      [await made({}, `"redirectUris" = '["http://shop.example/back"]'`), 'plain http'],
      [await made({}, `"redirectUris" = '"x"'`), 'redirectUris is not JSON'],
      [await made({}, `"dpopBoundAccessTokens" = true`), 'DPoP'],
      [await made({}, `jwks = '{"keys":'`), 'jwks is not JSON'],
    ];
    await made({ client_name: 'Off' }, 'disabled = true');
    await made({
      client_name: 'App',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['com.example.app:/back'],
    });
    const { report } = await importRun(old.databaseUrl, database.url);
    const told = report.skipped.filter(({ kind }) => kind === 'OAuth clients').map(({ id, reason }) => [id, reason]);
    expect(told.toSorted()).toEqual(
      expected
        .map(([id, reason]) => [id, expect.stringContaining(reason!)])
        .toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1)),
    );
    const rows = await here.run(
      `SELECT c.metadata->>'client_name' AS name, s.disabled_at IS NOT NULL AS disabled, c.registered_by, c.owner_id
       FROM auth_oauth_client c JOIN auth_subject s ON s.subject = 'client:' || c.client_id ORDER BY 1`,
    );
    const shared = { registered_by: 'user', owner_id: ada.id };
    expect(rows).toEqual([
      { name: 'App', disabled: false, ...shared },
      { name: 'Off', disabled: true, ...shared },
    ]);
  });

  it('banned users are moved disabled, with reason, end and roles, without their sessions; acting as another user and expired is left', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    const ban = { banned: true, banReason: 'sends spam', banExpires: tomorrow };
    await user('banned', 'banned@example.com', { ...ban, role: 'editor,user' });
    await user('was banned', 'was@example.com', { banned: true, banExpires: new Date(0) });
    await session('of the banned', { userId: 'banned' });
    await session('of the unbanned', { userId: 'was banned' });
    await session('acting', { impersonatedBy: ada.id });
    await session('old', { expiresAt: new Date(0) });
    await session('for a day', { expiresAt: new Date(Date.now() + 86_400_000) });
    const { report } = await importRun(old.databaseUrl, database.url);
    expect(movedOf(report)).toMatchObject({ users: '2 moved', sessions: '2 moved' });
    expect(report.kinds.sessions.left).toEqual({
      'its user was not moved': 1,
      'its user is disabled, or was deleted here': 1,
      'an administrator acts as another user in it': 1,
      'it has expired': 1,
    });
    const rows = await here.run(
      `SELECT id, disabled_reason AS why, disabled_until AS until, roles FROM auth_subject JOIN auth_user ON id = subject WHERE disabled_at IS NOT NULL`,
    );
    expect(rows).toEqual([{ id: 'banned', why: 'sends spam', until: tomorrow, roles: ['editor'] }]);
    // better-auth lets a session that is not to be remembered live a day.
    expect(await here.run('SELECT remember, count(*)::int AS count FROM auth_session GROUP BY 1 ORDER BY 1')).toEqual([
      { remember: false, count: 1 },
      { remember: true, count: 2 },
    ]);
  });

  it('the table for people has the counts, the reasons and the ids, and no secret', async () => {
    const { out, err, exitCode } = await importRun(old.databaseUrl, database.url, '--text', '--dry-run');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^ +FOUND +MOVED +UPDATED +UNCHANGED +CHANGED HERE +ENDED +LEFT +SKIPPED\nusers +7 /);
    expect(out).toMatch(/^API keys +bad metadata +metadata is not JSON$/m);
    expect(out).toMatch(/nothing was written\.\n$/);
    expect([out.includes(ada.token), err]).toEqual([false, '']);
  });
});
