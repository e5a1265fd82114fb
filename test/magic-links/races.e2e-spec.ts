import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { MailedLinks } from '../support/mailed-links.js';
import { post } from '../support/travel.js';
import { signUp } from '../support/users.js';
import { UsersService } from '../../src/index.js';

const TRIES = 50;

describe('links and codes at once, on two applications', () => {
  const mailbox = new Mailbox();
  let hosts: TestApp[];
  beforeAll(async () => {
    const accounts = { magicLink: { enabled: true }, emailCode: { enabled: true } };
    const auth = { mail: mailbox.mail, accounts };
    const first = await createTestApp({ auth });
    hosts = [first, await createTestApp({ auth, databaseUrl: first.databaseUrl })];
  });
  afterAll(async () => {
    for (const host of hosts.toReversed()) await host.close();
  });

  const links = new MailedLinks(() => hosts[0]!, mailbox);
  const atOnce = (route: string, body: object) =>
    Promise.all(
      Array.from({ length: TRIES }, (_, index) => send(`${hosts[index % 2]!.url}/api/auth/${route}`, { body })),
    );
  const sessionsOf = (email: string) =>
    hosts[0]!.sql('SELECT s.id FROM auth_session s JOIN auth_user u ON u.id = s.subject WHERE u.email = $1', [email]);
  const seeded = async (email: string) => {
    await hosts[0]!.app.get(UsersService).seed({ email, emailVerified: true });
    return email;
  };
  const unverified = async () => (await signUp(hosts[0]!.url)).email;
  const cases = [
    ['of a user', () => seeded('one@example.com'), () => seeded('three@example.com')],
    ['of a new user', async () => 'new@example.com', async () => 'newer@example.com'],
    ['of an unverified account', unverified, unverified],
  ] as const;

  it.each(cases)('T122 one of 50 uses of a link %s', async (_name, emailOf) => {
    const email = await emailOf();
    const token = links.tokenOf(await links.ask(new Browser(), email));
    const answers = await atOnce('magic-link/verify', { token });
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    const refused = answers.filter((one) => one !== good[0]).map(({ status, body }) => `${status} ${body.code}`);
    expect(new Set(refused)).toEqual(new Set(['401 INVALID_TOKEN']));
    expect(await sessionsOf(email)).toHaveLength(1);
  });

  it.each(cases)('T122 one of 50 uses of a code %s', async (_name, _first, emailOf) => {
    const email = await emailOf();
    await post(hosts[0]!, new Browser(), 'email-otp/send-verification-otp', { email, type: 'sign-in' });
    const { code: otp } = (await mailbox.newest('sign-in-code', email)).content;
    const answers = await atOnce('sign-in/email-otp', { email, otp });
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    for (const { status, body } of answers.filter((one) => one !== good[0]))
      expect(['400 INVALID_OTP', '403 TOO_MANY_ATTEMPTS']).toContain(`${status} ${body.code}`);
    expect(await sessionsOf(email)).toHaveLength(1);
  });
});
