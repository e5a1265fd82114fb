import { symmetricEncrypt } from 'better-auth/crypto';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { importRun, movedOf, type ImportReport } from '../support/better-auth-import.js';
import {
  enrolThere,
  signUpThere,
  startBetterAuth,
  type BetterAuthServer,
  type OldUser,
} from '../support/better-auth-server.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';
import { TwoFactorHost } from '../support/two-factor.js';

const PASSWORD = 'correct horse battery staple';
const OTHER_SECRET = 'another secret, which this server has never had';

/** In this order: each test goes on from the one before. */
describe('import better-auth: second factors that cannot be moved', () => {
  let old: BetterAuthServer;
  let host: TestApp;
  let factor: TwoFactorHost;
  let ada: OldUser;
  let ben: OldUser;
  let kim: OldUser;
  let leo: OldUser;
  let rowId: string;

  const run = (...more: string[]) => importRun(old.databaseUrl, host.databaseUrl, ...more);
  const signIn = ({ email }: OldUser) =>
    factor.signIn({ email, password: PASSWORD } as Parameters<TwoFactorHost['signIn']>[0]);
  const seal = async (key: string) => {
    const secret = await symmetricEncrypt({ key, data: 'a'.repeat(32) });
    await old.sql('UPDATE "twoFactor" SET secret = $2 WHERE "userId" = $1', [kim.id, secret]);
  };
  const told = ({ skipped }: ImportReport) =>
    Object.fromEntries(skipped.map(({ kind, id, reason }) => [`${kind}: ${id}`, reason]));

  beforeAll(async () => {
    [old, host] = await Promise.all([startBetterAuth(), createTestApp({ auth: { twoFactor: true } })]);
    factor = new TwoFactorHost(host);
    ada = await enrolThere(old, 'ada@example.com', PASSWORD);
    ben = await signUpThere(old, 'ben@example.com', PASSWORD);
    kim = await enrolThere(old, 'kim@example.com', PASSWORD);
    await seal(OTHER_SECRET);
    leo = await signUpThere(old, 'leo@example.com', PASSWORD);
    await old.sql('UPDATE "user" SET "twoFactorEnabled" = true WHERE id = $1', [leo.id]);
    const [row] = await old.sql<{ id: string }>('SELECT id FROM "twoFactor" WHERE "userId" = $1', [kim.id]);
    rowId = row!.id;
  });
  afterAll(() => Promise.all([old?.close(), host?.close()]));

  it('exit code 1: another secret, and codes by mail: their users are not moved without it, but told', async () => {
    const { exitCode, report } = await run();
    expect([exitCode, told(report)]).toEqual([
      1,
      {
        [`users: ${kim.id}`]: expect.stringMatching(
          /none of the secrets given here opens it.*--second-factors movable/,
        ),
        [`users: ${leo.id}`]: expect.stringMatching(/codes by mail or phone.*--second-factors movable/),
      },
    ]);
    expect(report.kinds.sessions.left).toMatchObject({ 'its user was not moved': 2 });
    expect(await host.sql('SELECT 1 FROM auth_user WHERE id = ANY($1)', [[kim.id, leo.id]])).toEqual([]);
  });

  it('without a table for them here no user who has one is moved; --second-factors none moves all users and no factor', async () => {
    await within(async (here, url) => {
      await here.run('DROP TABLE auth_two_factor');
      const { report } = await importRun(old.databaseUrl, url);
      expect(told(report)[`users: ${ada.id}`]).toMatch(/no table auth_two_factor.*twoFactor/);
      expect(told(report)[`users: ${ben.id}`]).toBeUndefined();
      expect(report.kinds['second factors'].left).toEqual({
        'there is no table auth_two_factor here': expect.any(Number),
      });
    });
    await within(async (here, url) => {
      const { exitCode, report } = await importRun(old.databaseUrl, url, '--second-factors', 'none');
      expect([exitCode, report.kinds.users.skipped, report.kinds['second factors'].moved]).toEqual([0, 0, 0]);
      expect(await here.run('SELECT 1 FROM auth_two_factor')).toEqual([]);
    });
  });

  it('users of the host’s own are told as well: they would sign in without it', async () => {
    await within(async (here, url) => {
      await here.run('DROP TABLE auth_user');
      const { exitCode, report } = await importRun(old.databaseUrl, url);
      const [unopened, byMail] = [rowId, leo.id].map((id) => told(report)[`second factors: ${id}`]);
      expect([exitCode, unopened, byMail]).toEqual([
        1,
        expect.stringMatching(/UNTIL THEN ITS USER IS NOT ASKED/),
        expect.stringMatching(/there already.*codes by mail/),
      ]);
    });
  });

  it('--second-factors movable moves them without, and tells each', async () => {
    const { exitCode, report } = await run('--second-factors', 'movable');
    expect([exitCode, movedOf(report)]).toMatchObject([1, { users: '2 moved' }]);
    expect(told(report)).toEqual({
      [`second factors: ${rowId}`]: expect.stringMatching(/none of the secrets/),
      [`second factors: ${leo.id}`]: expect.stringMatching(/moved without/),
    });
    expect((await signIn(kim)).body.user.id).toBe(kim.id);
  });

  it('with the right secret the factor of one who was moved without it comes later', async () => {
    await seal(TEST_SECRET);
    expect((await run()).report.kinds['second factors'].moved).toBe(1);
    expect((await signIn(kim)).body.twoFactorRedirect).toBe(true);
  });

  async function within(work: (here: SqlClient, url: string) => Promise<void>): Promise<void> {
    const database = await createMigratedDatabase();
    const here = await connectSql(database.url);
    try {
      await work(here, database.url);
    } finally {
      await here.close();
      await database.drop();
    }
  }
});
