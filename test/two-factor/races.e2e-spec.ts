import { createTestApp, type TestApp } from '../support/app.js';
import { Mailbox } from '../support/mailbox.js';
import { signUp } from '../support/users.js';
import { codeOf, TwoFactorHost, wrongCodeOf, type FactorUser } from '../support/two-factor.js';

/** Requests at once. */
const CROWD = 50;

describe('one second factor, two nodes', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let other: TestApp;
  let nodes: TwoFactorHost[];
  let user: FactorUser;
  beforeAll(async () => {
    const auth = { twoFactor: true, mail: mailbox.mail };
    host = await createTestApp({ auth });
    other = await createTestApp({ auth, databaseUrl: host.databaseUrl });
    await host.sql(
      `CREATE FUNCTION uncount() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.failures := 0; NEW.locked_until := NULL; RETURN NEW; END'`,
    );
    nodes = [host, other].map((node) => new TwoFactorHost({ url: node.url, sql: host.sql }));
  });
  afterAll(async () => {
    await other?.close();
    await host?.close();
  });
  beforeEach(async () => {
    user = await nodes[0]!.enrolled();
  });

  const all = <T>(act: (node: TwoFactorHost, index: number) => Promise<T>, size = CROWD) =>
    Promise.all(Array.from({ length: size }, (_, index) => act(nodes[index % 2]!, index)));
  const statuses = (answers: readonly { readonly status: number }[]) => {
    const counted: Record<number, number> = {};
    for (const { status } of answers) counted[status] = (counted[status] ?? 0) + 1;
    return counted;
  };
  const sessions = async () => (await host.sql('SELECT 1 FROM auth_session WHERE subject = $1', [user.id])).length;
  /** The counter of guesses out of the way: what is raced is the code. */
  const uncounted = () =>
    host.sql('CREATE TRIGGER uncounted BEFORE UPDATE ON auth_two_factor FOR EACH ROW EXECUTE FUNCTION uncount()');
  afterEach(() => host.sql('DROP TRIGGER IF EXISTS uncounted ON auth_two_factor'));

  it('T127 of 50 sign-ins with one code of an app one gets a session (RFC 6238 5.2)', async () => {
    await uncounted();
    const tokens = await all((node) => node.challenge(user));
    const before = await sessions();
    const code = codeOf(user.secret);
    const answers = await all((node, index) => node.post('verify-totp', { code, twoFactorToken: tokens[index] }));
    expect(statuses(answers)).toEqual({ 200: 1, 401: CROWD - 1 });
    expect(await sessions()).toBe(before + 1);
  });

  it('T127 of 50 sign-ins with one backup code one gets a session, and one code is spent', async () => {
    await uncounted();
    const tokens = await all((node) => node.challenge(user));
    const [code] = user.backupCodes;
    const answers = await all((node, index) =>
      node.post('verify-backup-code', { code, twoFactorToken: tokens[index] }),
    );
    expect(statuses(answers)).toEqual({ 200: 1, 401: CROWD - 1 });
    const spent = 'SELECT 1 FROM auth_backup_code WHERE subject = $1 AND used_at IS NOT NULL';
    expect(await host.sql(spent, [user.id])).toHaveLength(1);
  });

  it('of 50 uses of one code by mail one gets a session', async () => {
    const owner = await signUp(host.url);
    await host.sql('UPDATE auth_user SET email_verified = true WHERE id::text = $1', [owner.id]);
    await nodes[0]!.post('enable', { password: owner.password, method: 'otp' }, { bearer: owner.token });
    await uncounted();
    const twoFactorToken = await nodes[0]!.challenge(owner);
    await nodes[1]!.post('send-otp', { twoFactorToken });
    const { code } = (await mailbox.newest('second-factor-code', owner.email)).content;
    const count = async () => (await host.sql('SELECT 1 FROM auth_session WHERE subject = $1', [owner.id])).length;
    const before = await count();
    const answers = await all((node) => node.post('verify-otp', { code, twoFactorToken }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await count()).toBe(before + 1);
  });

  it('one challenge and five backup codes at once: one session, and the losers keep their codes', async () => {
    const twoFactorToken = await nodes[0]!.challenge(user);
    const answers = await all(
      (node, index) => node.post('verify-backup-code', { code: user.backupCodes[index], twoFactorToken }),
      5,
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const spent = 'SELECT 1 FROM auth_backup_code WHERE subject = $1 AND used_at IS NOT NULL';
    expect(await host.sql(spent, [user.id])).toHaveLength(1);
  });

  it('T126 of 50 guesses at one sign-in five are looked at', async () => {
    await uncounted();
    const twoFactorToken = await nodes[0]!.challenge(user);
    const code = wrongCodeOf(user.secret);
    const answers = await all((node) => node.post('verify-totp', { code, twoFactorToken }));
    expect(statuses(answers)).toEqual({ 400: CROWD - 5, 401: 5 });
  });

  it('T126 of 50 guesses with a session ten are looked at', async () => {
    const code = wrongCodeOf(user.secret);
    const answers = await all((node) => node.post('verify-totp', { code }, { bearer: user.factorToken }));
    expect(statuses(answers)).toEqual({ 401: 10, 429: CROWD - 10 });
  });

  it('of twenty first codes of a new app one turns it on', async () => {
    const made = await nodes[0]!.post('enable', { password: user.password }, { bearer: user.factorToken });
    const code = codeOf(new URL(made.body.totpURI).searchParams.get('secret')!);
    await uncounted();
    const answers = await all((node) => node.post('verify-totp', { code }, { bearer: user.factorToken }), 20);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await sessions()).toBe(1);
  });
});
