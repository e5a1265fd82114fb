import { symmetricEncrypt } from 'better-auth/crypto';
import { UsersService } from '../../src/index.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { importRun, movedOf, type ImportReport } from '../support/better-auth-import.js';
import {
  addFactorThere,
  beginFactorThere,
  enrolThere,
  post,
  signUpThere,
  spendThere,
  startBetterAuth,
  type BetterAuthServer,
  type OldFactor,
  type OldUser,
} from '../support/better-auth-server.js';
import type { Answer } from '../support/http.js';
import { codeOf, TwoFactorHost, wrongCodeOf } from '../support/two-factor.js';

const PASSWORD = 'correct horse battery staple';

/** In this order: each test goes on from the one before. The factors are made by a real better-auth 1.7.25. */
describe('import better-auth: second factors', () => {
  let old: BetterAuthServer;
  let host: TestApp;
  let factor: TwoFactorHost;
  let ada: OldUser & OldFactor;
  let ben: OldUser;

  const run = (...more: string[]) => importRun(old.databaseUrl, host.databaseUrl, ...more);
  const signIn = ({ email }: OldUser) =>
    factor.signIn({ email, password: PASSWORD } as Parameters<TwoFactorHost['signIn']>[0]);
  const enrolled = (name: string) => enrolThere(old, `${name}@example.com`, PASSWORD);
  const change = (user: OldUser, column: 'secret' | 'backupCodes', value: string) =>
    old.sql(`UPDATE "twoFactor" SET "${column}" = $2 WHERE "userId" = $1`, [user.id, value]);
  const passes = async (user: OldUser, route: string, code: string): Promise<Answer> => {
    await factor.forgetStep(user.id);
    return factor.post(route, { code, twoFactorToken: (await signIn(user)).body.twoFactorToken });
  };
  const told = ({ skipped }: ImportReport) =>
    Object.fromEntries(skipped.map(({ kind, id, reason }) => [`${kind}: ${id}`, reason]));

  beforeAll(async () => {
    [old, host] = await Promise.all([startBetterAuth(), createTestApp({ auth: { twoFactor: true } })]);
    factor = new TwoFactorHost(host);
    ada = await enrolled('ada');
    ben = await signUpThere(old, 'ben@example.com', PASSWORD);
    await beginFactorThere(old, ben, PASSWORD);
  });
  afterAll(() => Promise.all([old?.close(), host?.close()]));

  it('one that a code has confirmed is moved, one that was only begun is not; neither secret nor code is shown or stored', async () => {
    const { exitCode, report, out } = await run();
    expect([exitCode, movedOf(report)]).toMatchObject([0, { users: '2 moved', 'second factors': '1 moved' }]);
    expect(report.kinds['second factors'].left).toEqual({ 'it was never confirmed, or is not asked for there': 1 });
    expect(report.notes).toContainEqual(expect.stringMatching(/where the options have twoFactor.*6 digits/));
    const rows = await host.sql(
      'SELECT f::text, c::text FROM auth_two_factor f JOIN auth_backup_code c USING (subject)',
    );
    expect(rows).toHaveLength(10);
    const stored = Buffer.from(ada.secret).toString('hex');
    for (const secret of [ada.secret, stored, ...ada.backupCodes])
      expect(out + JSON.stringify(rows)).not.toContain(secret);
  });

  it('a second run changes nothing', async () => {
    const { exitCode, report } = await run('--batch-size', '1');
    expect([exitCode, movedOf(report), report.kinds['second factors'].unchanged]).toEqual([0, {}, 1]);
  });

  it('200 the password alone is asked for a code; one of the app signs in, a wrong one does not', async () => {
    expect((await signIn(ada)).body).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ['totp'] });
    expect((await passes(ada, 'verify-totp', wrongCodeOf(ada.secret))).status).toBe(401);
    const done = await passes(ada, 'verify-totp', codeOf(ada.secret));
    expect((await factor.currentUser(done.body.token))!).toMatchObject({ id: ada.id, twoFactorEnabled: true });
    expect((await signIn(ben)).body.user.id).toBe(ben.id);
  });

  it('200 a backup code from there signs in once', async () => {
    const [code] = ada.backupCodes;
    const answers = [await passes(ada, 'verify-backup-code', code!), await passes(ada, 'verify-backup-code', code!)];
    expect(answers.map(({ status }) => status)).toEqual([200, 401]);
  });

  it('a code that was used here stays used, whatever changes there', async () => {
    await spendThere(old, ada.email, PASSWORD, ada.backupCodes[1]!);
    const { report } = await run();
    expect(report.kinds['second factors'].left).toMatchObject({
      'its user has used a backup code here since it was moved': 1,
    });
    expect((await passes(ada, 'verify-backup-code', ada.backupCodes[0]!)).status).toBe(401);
  });

  it('a code that was used there since is used here, and the others stay', async () => {
    const cara = await enrolled('cara');
    await run();
    await spendThere(old, cara.email, PASSWORD, cara.backupCodes[0]!);
    expect(movedOf((await run()).report)).toMatchObject({ 'second factors': '1 updated' });
    const codes = [cara.backupCodes[0]!, cara.backupCodes[1]!];
    const answers = [];
    for (const code of codes) answers.push((await passes(cara, 'verify-backup-code', code)).status);
    expect(answers).toEqual([401, 200]);
  });

  it('one that was removed there since ends here, with its codes', async () => {
    const dora = await enrolled('dora');
    await run();
    await post(dora.browser, old, '/two-factor/disable', { password: PASSWORD });
    const { exitCode, report } = await run();
    expect([exitCode, movedOf(report)]).toMatchObject([0, { 'second factors': '1 ended' }]);
    expect(await host.sql('SELECT 1 FROM auth_backup_code WHERE subject = $1', [dora.id])).toEqual([]);
    expect((await signIn(dora)).body.user.id).toBe(dora.id);
  });

  it('one that the user has removed here does not come back, nor does one take the place of one that was set up here', async () => {
    const eve = await enrolled('eve');
    await run();
    await host.sql('DELETE FROM auth_two_factor WHERE subject = $1', [eve.id]);
    await change(eve, 'backupCodes', '["abcde-fghij"]');
    expect(movedOf((await run()).report)).toMatchObject({ 'second factors': '1 kept' });
    const finn = await signUpThere(old, 'finn@example.com', PASSWORD);
    await run();
    await host.sql('INSERT INTO auth_two_factor (subject, mail_codes) VALUES ($1, true)', [finn.id]);
    await addFactorThere(old, finn, PASSWORD);
    expect((await run()).report.kinds['second factors'].left).toMatchObject({ 'its user has one here already': 1 });
    expect(await host.sql('SELECT secret FROM auth_two_factor WHERE subject = $1', [finn.id])).toEqual([
      { secret: null },
    ]);
  });

  it('one under a numbered secret, one that another provider made, and plain backup codes', async () => {
    const users = [await enrolled('gail'), await enrolled('hank')];
    const key = { keys: new Map([[7, TEST_SECRET]]), currentVersion: 7 };
    await change(users[0]!, 'secret', await symmetricEncrypt({ key, data: 'base32:gezdgnbvgy3tqojqgezdgnbvgy3tqojq' }));
    await change(users[1]!, 'backupCodes', '["abcde-fghij","klmno-pqrst"]');
    expect((await run()).report.kinds['second factors'].moved).toBe(2);
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    expect((await passes(users[0]!, 'verify-totp', codeOf(secret))).status).toBe(200);
    expect((await passes(users[1]!, 'verify-backup-code', 'klmno-pqrst')).status).toBe(200);
  });

  it('backup codes of another form are told, and the app is moved without them', async () => {
    const users = [await enrolled('ina'), await enrolled('jon')];
    await change(users[0]!, 'backupCodes', 'kept by the host');
    await change(users[1]!, 'backupCodes', '["1234"]');
    const { exitCode, report } = await run();
    const [first] = await old.sql<{ id: string }>('SELECT id FROM "twoFactor" WHERE "userId" = $1', [users[0]!.id]);
    expect([exitCode, report.kinds['second factors'].moved]).toEqual([1, 2]);
    expect(told(report)[`second factors: ${first!.id}`]).toMatch(/without them/);
    expect((await passes(users[1]!, 'verify-totp', codeOf(users[1]!.secret))).status).toBe(200);
  });

  it('one of a user who is banned for a time is moved, for afterwards; one of a user who was forgotten here is not', async () => {
    const [nia, oda] = [await enrolled('nia'), await signUpThere(old, 'oda@example.com', PASSWORD)];
    await old.sql(`UPDATE "user" SET banned = true, "banExpires" = now() + interval '1 day' WHERE id = $1`, [nia.id]);
    await run();
    expect(await host.sql('SELECT 1 FROM auth_two_factor WHERE subject = $1', [nia.id])).toHaveLength(1);
    await host.app.get(UsersService).forget(oda.id);
    await addFactorThere(old, oda, PASSWORD);
    await run();
    expect(await host.sql('SELECT 1 FROM auth_two_factor WHERE subject = $1', [oda.id])).toEqual([]);
  });
});
