import { importRun, movedOf } from '../support/better-auth-import.js';
import {
  authorizeThere,
  createClientThere,
  post,
  signUpThere,
  startBetterAuth,
  tokenOf,
  type BetterAuthServer,
  type OldClient,
  type OldUser,
} from '../support/better-auth-server.js';
import type { TestDatabase } from '../support/database.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';

const PASSWORD = 'correct horse battery staple';

/** In this order: each test goes on from the one before, as the runs of a move do. */
describe('import better-auth, run again and again while the old server serves', () => {
  let old: BetterAuthServer;
  let database: TestDatabase;
  let here: SqlClient;
  let ada: OldUser;
  let ben: OldUser;
  let client: OldClient;
  let tokens: { refresh_token: string };

  const run = (...more: string[]) => importRun(old.databaseUrl, database.url, ...more);
  const keyOf = (user: OldUser, name: string) => old.api['createApiKey']!({ body: { userId: user.id, name } });

  beforeAll(async () => {
    [old, database] = await Promise.all([startBetterAuth(), createMigratedDatabase()]);
    here = await connectSql(database.url);
    ada = await signUpThere(old, 'ada@example.com', PASSWORD);
    ben = await signUpThere(old, 'ben@example.com', PASSWORD);
    await keyOf(ada, 'first');
    client = await createClientThere(old, ada);
    tokens = await authorizeThere(old, ada, client);
  });
  afterAll(async () => {
    await here.close();
    await Promise.all([old.close(), database.drop()]);
  });

  it('--dry-run counts what a run would move, a page at a time, and writes nothing', async () => {
    const rows = () =>
      here.run(`SELECT (SELECT count(*) FROM auth_user)::int + (SELECT count(*) FROM auth_subject)::int AS count,
                       to_regclass('auth_import') AS ledger`);
    const { exitCode, report } = await run('--dry-run', '--batch-size', '1');
    expect([exitCode, report.dryRun, await rows()]).toEqual([0, true, [{ count: 0, ledger: null }]]);
    expect(movedOf(report)).toEqual({
      users: '2 moved',
      sessions: '2 moved',
      'API keys': '1 moved',
      'OAuth clients': '1 moved',
      consents: '1 moved',
      'refresh tokens': '1 moved',
    });
  });

  it('the first run moves what the dry run has said, and says what it does not move', async () => {
    const dry = (await run('--dry-run')).report;
    const { exitCode, report, out } = await run();
    expect([exitCode, report.kinds]).toEqual([0, dry.kinds]);
    expect(report.notMoved.map(({ table }) => table)).toEqual(['jwks', 'oauthAccessToken']);
    expect(report.kinds['linked accounts'].left).toEqual({ 'a password, which goes with its user': 2 });
    for (const secret of [ada.token, tokens.refresh_token, client.secret!]) expect(out).not.toContain(secret);
  });

  it('a second run moves nothing', async () => {
    const { report } = await run('--batch-size', '1');
    expect([movedOf(report), report.kinds.users.unchanged, report.kinds.sessions.unchanged]).toEqual([{}, 2, 2]);
  });

  it('what is new or has changed there moves; what has ended there ends here', async () => {
    const carl = await signUpThere(old, 'carl@example.com', PASSWORD);
    const key = await keyOf(carl, 'second');
    await post(ben.browser, old, '/update-user', { name: 'Benjamin' });
    await post(ben.browser, old, '/change-password', { currentPassword: PASSWORD, newPassword: `${PASSWORD}!` });
    await post(ada.browser, old, '/sign-out', {});
    const granted = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    tokens = (await tokenOf(`${old.url}/api/auth`, client, granted)).body;
    const { exitCode, report } = await run();
    expect([exitCode, movedOf(report)]).toEqual([
      0,
      {
        users: '1 moved, 1 updated',
        sessions: '1 moved, 1 ended',
        'API keys': '1 moved',
        'refresh tokens': '1 moved, 1 ended',
      },
    ]);
    const names = await here.run('SELECT name, email FROM auth_user ORDER BY email');
    expect(names.map(({ name }) => name)).toEqual(['Ada', 'Benjamin', 'Ada']);
    expect(await here.run('SELECT 1 FROM auth_session WHERE subject = $1', [ada.id])).toEqual([]);
    expect(await here.run('SELECT 1 FROM auth_token_family WHERE revoked_at IS NULL')).toHaveLength(1);
    expect(await here.run('SELECT name FROM auth_api_key WHERE start = $1', [key.start])).toEqual([{ name: 'second' }]);
  });

  it('what has been changed here since stays: it is neither overwritten nor brought back', async () => {
    await here.run(`UPDATE auth_user SET name = 'Lady Ada' WHERE id = $1`, [ada.id]);
    await here.run('DELETE FROM auth_session WHERE subject = $1', [ben.id]);
    const again = await old.sql('UPDATE "user" SET name = $2 WHERE id = $1 RETURNING 1', [ada.id, 'Countess Ada']);
    expect(again).toHaveLength(1);
    const { exitCode, report } = await run();
    expect([exitCode, movedOf(report)]).toEqual([0, { users: '1 kept' }]);
    expect(await here.run('SELECT name FROM auth_user WHERE id = $1', [ada.id])).toEqual([{ name: 'Lady Ada' }]);
    expect(await here.run('SELECT 1 FROM auth_session WHERE subject = $1', [ben.id])).toEqual([]);
  });

  it('a new session there of a user who was disabled, or has a new password here, is left', async () => {
    await here.run('UPDATE auth_subject SET disabled_at = now() WHERE subject = $1', [ben.id]);
    await here.run('UPDATE auth_subject SET epoch = 1 WHERE subject = $1', [ada.id]);
    await post(ben.browser, old, '/sign-in/email', { email: ben.email, password: `${PASSWORD}!` });
    await post(ada.browser, old, '/sign-in/email', { email: ada.email, password: PASSWORD });
    const { report } = await run();
    expect(report.kinds.sessions).toMatchObject({
      moved: 0,
      left: {
        'its user is disabled, or was deleted here': 1,
        'its user has changed their password here since': 1,
      },
    });
  });

  it('exit code 1: a key that was deleted there and used here stays, and the operator is told', async () => {
    const [key] = await old.sql<{ id: string }>(`DELETE FROM apikey WHERE name = 'first' RETURNING id`);
    await here.run(`UPDATE auth_api_key SET request_count = request_count + 1 WHERE name = 'first'`);
    const { exitCode, report } = await run();
    expect(exitCode).toBe(1);
    expect(report.skipped).toEqual([
      {
        kind: 'API keys',
        id: key!.id,
        reason: expect.stringMatching(/^it has ended there since, and was used or changed here: revoke it here/),
      },
    ]);
    expect(await here.run(`SELECT 1 FROM auth_api_key WHERE name = 'first'`)).toHaveLength(1);
    expect((await run('--allow-skips')).exitCode).toBe(0);
  });

  it('an emptied table ends nothing, and another database is refused', async () => {
    const sessions = () => here.run('SELECT id FROM auth_session ORDER BY id');
    const before = await sessions();
    await old.sql('CREATE TABLE kept AS SELECT * FROM session');
    await old.sql('DELETE FROM session');
    expect((await run()).report.kinds.sessions).toMatchObject({ ended: 0, skipped: 0 });
    await old.sql('INSERT INTO session SELECT * FROM kept');
    const other = await startBetterAuth();
    try {
      const { exitCode, err, out } = await importRun(other.databaseUrl, database.url);
      expect([exitCode, out, err]).toEqual([1, '', expect.stringContaining('it is another one')]);
    } finally {
      await other.close();
    }
    expect([before.length > 0, await sessions()]).toEqual([true, before]);
  });

  it('exit code 1: a user who was deleted there stays, and the operator is told', async () => {
    await old.sql('DELETE FROM "user" WHERE email = $1', ['carl@example.com']);
    const { exitCode, report } = await run();
    const told = report.skipped.filter(({ kind }) => kind === 'users');
    expect([exitCode, told.map(({ reason }) => reason)]).toEqual([1, [expect.stringContaining('users forget')]]);
    // The session of the user went with them there, and so it does here.
    expect(report.kinds.sessions.ended).toBe(1);
  });
});
