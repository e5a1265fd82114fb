import { AuthEvents, SecondFactorsService, UsersService, type AuthEventName } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { codeOf, TwoFactorHost, type FactorUser } from '../support/two-factor.js';
import { until } from '../support/until.js';

describe('how a second factor is kept, what it outlives and what ends it', () => {
  const mailbox = new Mailbox();
  const heard: AuthEventName[] = [];
  let host: TestApp;
  let factor: TwoFactorHost;
  let user: FactorUser;
  beforeAll(async () => {
    host = await createTestApp({
      auth: { mail: mailbox.mail, twoFactor: true, accounts: { magicLink: { enabled: true } } },
    });
    factor = new TwoFactorHost(host);
    host.app.get(AuthEvents).onAny(({ name }) => void heard.push(name));
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await factor.enrolled();
    heard.length = 0;
  });

  it('secrets and codes are nowhere as they are: sealed, or keyed digests', async () => {
    const [row] = await host.sql<{ secret: Buffer }>('SELECT secret FROM auth_two_factor WHERE subject = $1', [
      user.id,
    ]);
    expect(row!.secret.toString('latin1')).not.toContain(user.secret);
    const hashes = await host.sql<{ hash: Buffer }>('SELECT hash FROM auth_backup_code WHERE subject = $1', [user.id]);
    expect(hashes.map(({ hash }) => hash.length)).toEqual(Array.from({ length: 10 }, () => 32));
  });

  it("a secret that is copied to another user's row opens nothing: it is sealed with its user", async () => {
    const other = await factor.enrolled();
    await host.sql(
      'UPDATE auth_two_factor SET secret = (SELECT secret FROM auth_two_factor WHERE subject = $1), last_step = 0 WHERE subject = $2',
      [other.id, user.id],
    );
    const twoFactorToken = await factor.challenge(user);
    expect(twoFactorToken).toBeDefined();
    const answer = await factor.post('verify-totp', { code: codeOf(other.secret), twoFactorToken });
    expect(answer.status).toBe(400);
  });

  it('T125 a reset of the password does not switch it off', async () => {
    await send(`${host.url}/api/auth/request-password-reset`, { body: { email: user.email } });
    const { url } = (await mailbox.newest('reset-password', user.email)).content;
    const token = new URL(url).pathname.split('/').at(-1);
    const newPassword = 'another horse, another staple';
    const reset = await send(`${host.url}/api/auth/reset-password`, { body: { newPassword, token } });
    expect(reset.status).toBe(200);
    const body = { email: user.email, password: newPassword };
    const answer = await send(`${host.url}/api/auth/sign-in/email`, { body });
    expect(answer.body.twoFactorMethods).toEqual(['totp']);
    const done = await factor.post('verify-totp', {
      code: codeOf(user.secret),
      twoFactorToken: answer.body.twoFactorToken,
    });
    expect(done.status).toBe(200);
  });

  it('the end of a user ends all of it', async () => {
    await send(`${host.url}/api/auth/delete-user`, { body: { password: user.password }, bearer: user.factorToken });
    for (const table of ['auth_two_factor', 'auth_backup_code', 'auth_trusted_device', 'auth_two_factor_challenge'])
      expect(await host.sql(`SELECT 1 FROM ${table} WHERE subject = $1`, [user.id])).toEqual([]);
  });

  it('T125 a link by mail to an address that nobody had verified does not switch it off: whoever reads the mailbox has one factor', async () => {
    await send(`${host.url}/api/auth/sign-in/magic-link`, { body: { email: user.email } });
    const { url } = (await mailbox.newest('magic-link', user.email)).content;
    const token = new URL(url).searchParams.get('token')!;
    const answer = await send(`${host.url}/api/auth/magic-link/verify`, { body: { token } });
    expect(answer.body).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ['totp'] });
  });

  it('the host takes off one that a user has lost: they sign in without, trusted browsers end, and they hear of it', async () => {
    const service = host.app.get(SecondFactorsService);
    expect(await service.isOn(user.id)).toBe(true);
    expect(await service.remove(user.id)).toBe(true);
    expect(await service.isOn(user.id)).toBe(false);
    expect((await factor.signIn(user)).body.user.id).toBe(user.id);
    await until('the message', () =>
      mailbox.messages.some(({ to, subject }) => to === user.email && subject === 'Two-step sign-in was turned off'),
    );
    expect(heard).toEqual(expect.arrayContaining(['credentials.changed', 'two-factor.disabled']));
    expect(await service.remove(user.id)).toBe(false);
    expect(await host.sql('SELECT 1 FROM auth_backup_code WHERE subject = $1', [user.id])).toEqual([]);
  });

  it('of a disabled user none is taken off: what waited for the decision is refused', async () => {
    await host.app.get(UsersService).disable(user.id);
    await expect(host.app.get(SecondFactorsService).remove(user.id)).rejects.toMatchObject({ status: 401 });
    expect(await host.sql('SELECT 1 FROM auth_two_factor WHERE subject = $1', [user.id])).toHaveLength(1);
  });
});
