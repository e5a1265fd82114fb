import { ApiKeysService, UsersService, type AccountsOptions, type MailKind } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { guarded } from '../support/tokens.js';
import { sendForm } from '../support/pages.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

const NEW_PASSWORD = 'a good new password';
let count = 0;
const fresh = () => `dora-${++count}@example.com`;

const mailbox = new Mailbox();
const call = (host: TestApp, route: string, body: object, bearer?: string) =>
  send(`${host.url}/api/auth/${route}`, { body, ...(bearer !== undefined && { bearer }) });
const codeOf = async (kind: MailKind, email: string) =>
  ((await mailbox.newest(kind, email)).content as { code: string }).code;
const ask = async (host: TestApp, email: string, type: string) => {
  await call(host, 'email-otp/send-verification-otp', { email, type });
  return codeOf(`${type}-code` as MailKind, email);
};
const resetByCode = async (host: TestApp, email: string) => {
  const otp = await ask(host, email, 'forget-password');
  return call(host, 'email-otp/reset-password', { email, otp, password: NEW_PASSWORD });
};
const verifiedUser = async (host: TestApp) => {
  const email = fresh();
  const { id } = await host.app.get(UsersService).seed({ email, emailVerified: true, password: TEST_PASSWORD });
  return { id, email };
};
const keyOf = async (host: TestApp, id: string) => {
  const { key } = await host.app.get(ApiKeysService).create({ owner: { kind: 'user', id }, name: 'nightly' });
  const session = () => send(`${host.url}/api/auth/get-session`, { headers: { 'x-api-key': key } });
  return async () => (await session()).body?.user?.id === id;
};

describe('what a code from the mail changes', () => {
  let host: TestApp;
  beforeAll(async () => (host = await appWith({})));
  afterAll(() => host?.close());

  it('T123 a new password for an account whose address nobody had verified ends what a stranger may have left there', async () => {
    const stranger = await signUp(host.url, { email: fresh() });
    const isKeyGood = await keyOf(host, stranger.id);
    expect(await isKeyGood()).toBe(true);
    expect((await resetByCode(host, stranger.email)).body).toEqual({ success: true });
    expect([await isKeyGood(), await guarded(host, stranger.token)]).toEqual([false, 401]);
    await mailbox.newest('credential-changed', stranger.email);
    expect(mailbox.messages.at(-1)?.content).toMatchObject({ change: 'owner' });
    await signIn(host.url, stranger.email, NEW_PASSWORD);
  });

  it('of a verified user API keys stay', async () => {
    const { id, email } = await verifiedUser(host);
    const isKeyGood = await keyOf(host, id);
    await resetByCode(host, email);
    expect(await isKeyGood()).toBe(true);
  });

  it('T129 the old address hears of a change, and takes it back by its link', async () => {
    const { id, email } = await verifiedUser(host);
    const { token } = await signIn(host.url, email);
    const newEmail = fresh();
    const present = await ask(host, email, 'email-verification');
    await call(host, 'email-otp/request-email-change', { newEmail, otp: present }, token);
    const otp = await codeOf('change-email-code', newEmail);
    expect((await call(host, 'email-otp/change-email', { newEmail, otp }, token)).body).toEqual({ success: true });
    const { url } = (await mailbox.newest('email-changed', email)).content;
    const { pathname, searchParams } = new URL(url!);
    const undone = await sendForm(host, new Browser(), pathname, { token: searchParams.get('token')! });
    expect(undone.status).toBe(303);
    expect(await host.sql('SELECT email FROM auth_user WHERE id = $1', [id])).toEqual([{ email }]);
  });
});

describe('accounts.passwordReset.endApiKeys, accounts.changeEmail.enabled: false', () => {
  let host: TestApp;
  beforeAll(
    async () => (host = await appWith({ passwordReset: { endApiKeys: true }, changeEmail: { enabled: false } })),
  );
  afterAll(() => host?.close());

  it('a new password by a code ends API keys as one by a link does', async () => {
    const { id, email } = await verifiedUser(host);
    const isKeyGood = await keyOf(host, id);
    await resetByCode(host, email);
    expect(await isKeyGood()).toBe(false);
  });

  it('400 CHANGE_EMAIL_DISABLED for codes as for links', async () => {
    const { email } = await verifiedUser(host);
    const { token } = await signIn(host.url, email);
    for (const route of ['email-otp/request-email-change', 'email-otp/change-email']) {
      const answer = await call(host, route, { newEmail: fresh(), otp: '123456' }, token);
      expect([answer.status, answer.body.code]).toEqual([400, 'CHANGE_EMAIL_DISABLED']);
    }
  });
});

function appWith(accounts: AccountsOptions): Promise<TestApp> {
  return createTestApp({
    auth: {
      mail: mailbox.mail,
      accounts: { emailCode: { enabled: true }, ...accounts },
      apiKeys: { enableSessionForAPIKeys: true },
    },
  });
}
