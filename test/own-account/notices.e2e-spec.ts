import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { until } from '../support/until.js';
import { signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const NEWER_FIREFOX = FIREFOX.replaceAll('140', '141');
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

describe('users hear of sign-ins from new devices', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
  });

  const signInFrom = (userAgent: string, password = TEST_PASSWORD) =>
    send(`${host.url}/api/auth/sign-in/email`, {
      body: { email: user.email, password },
      headers: { 'user-agent': userAgent },
    });
  const notices = async () => {
    await until('nothing is left to send', async () => (await host.sql('SELECT FROM auth_mail')).length === 0);
    return mailbox.messages.flatMap((one) => (one.kind === 'new-sign-in' && one.to === user.email ? [one] : []));
  };

  it('once for each kind of device, not for the first one, and not for a newer version of it', async () => {
    expect(await notices()).toHaveLength(0);
    await signInFrom(FIREFOX);
    await signInFrom(NEWER_FIREFOX);
    const [notice, ...more] = await notices();
    expect(more).toEqual([]);
    expect(notice!.content).toMatchObject({ device: 'Firefox · Windows', userAgent: FIREFOX, ipAddress: '127.0.0.1' });
    expect(notice!.text).toContain('Firefox · Windows');
    expect(notice!.text).toContain('/api/auth/account/sessions');
    await signInFrom(SAFARI);
    expect((await notices()).map(({ content }) => content.device)).toEqual(['Firefox · Windows', 'Safari · iPhone']);
  });

  it('a device stays known when its session has ended', async () => {
    await signInFrom(FIREFOX);
    await send(`${host.url}/api/auth/revoke-sessions`, { method: 'POST', bearer: user.token });
    await signInFrom(FIREFOX);
    expect(await notices()).toHaveLength(1);
  });

  it('of twenty sign-ins at once from a new device one is told, and none of a wrong password', async () => {
    await signInFrom(SAFARI, 'wrong horse');
    expect(await notices()).toHaveLength(0);
    await Promise.all(Array.from({ length: 20 }, () => signInFrom(FIREFOX)));
    expect(await notices()).toHaveLength(1);
  });

  it('what is known of devices is deleted with the user', async () => {
    const known = () => host.sql('SELECT FROM auth_known_device WHERE subject = $1', [user.id]);
    expect(await known()).toHaveLength(1);
    await send(`${host.url}/api/auth/delete-user`, { body: { password: TEST_PASSWORD }, bearer: user.token });
    expect(await known()).toHaveLength(0);
  });
});

describe('a host that wants neither such notices nor changes of address', () => {
  it('sends none, keeps nothing of devices, and 400 CHANGE_EMAIL_DISABLED', async () => {
    const mailbox = new Mailbox();
    const host = await createTestApp({
      auth: { mail: mailbox.mail, accounts: { notices: { newSignIn: false }, changeEmail: { enabled: false } } },
    });
    const user = await signUp(host.url);
    const body = { email: user.email, password: TEST_PASSWORD };
    await send(`${host.url}/api/auth/sign-in/email`, { body, headers: { 'user-agent': FIREFOX } });
    expect(await host.sql('SELECT FROM auth_known_device')).toEqual([]);
    expect(await host.sql('SELECT FROM auth_mail')).toEqual([]);
    const asked = await send(`${host.url}/api/auth/change-email`, {
      body: { newEmail: 'a@b.example' },
      bearer: user.token,
    });
    expect([asked.status, asked.body.code]).toEqual([400, 'CHANGE_EMAIL_DISABLED']);
    await host.close();
  });
});
