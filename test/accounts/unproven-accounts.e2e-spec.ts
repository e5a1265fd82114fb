import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { MailedLinks } from '../support/mailed-links.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { aliveThings } from '../support/tokens.js';
import { signUp } from '../support/users.js';
import { UsersService, type HostUser, type UserDirectory } from '../../src/index.js';

const MAGIC_LINK = { enabled: true };

describe('an account that somebody made with the address of another person', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  const links = new MailedLinks(() => host, mailbox);
  beforeAll(async () => {
    const providers = [{ providerId: 'google', clientId: 'id', clientSecret: 'secret' }];
    host = await createTestApp({
      auth: {
        mail: mailbox.mail,
        accounts: { magicLink: MAGIC_LINK },
        apiKeys: { enableSessionForAPIKeys: true },
        jwt: true,
        passkeys: true,
        oauthProvider: true,
        accountLinking: { providers },
      },
    });
  });
  afterAll(() => host?.close());

  it('has none of what was set up there once the owner of the address comes: keys, links to providers, consents, tokens', async () => {
    const { id, email, token, refreshToken } = await signUp(host.url);
    const made = await send(`${host.url}/api/auth/api-key/create`, { bearer: token, body: { name: 'waiting' } });
    const key = made.body.key as string;
    const byKey = () => send(`${host.url}/api/auth/get-session`, { headers: { 'x-api-key': key } });
    expect((await byKey()).body).not.toBeNull();
    await host.sql(
      `INSERT INTO auth_linked_account (id, subject, provider_id, issuer, account_id, scopes)
       VALUES (gen_random_uuid(), $1, 'google', 'https://accounts.google.com', 'of the attacker', '{}')`,
      [id],
    );
    await host.sql(
      `INSERT INTO auth_consent (id, subject, client_id, scopes) VALUES (gen_random_uuid(), $1, 'a-client', '{}')`,
      [id],
    );
    const browser = new Browser();
    expect((await links.open(browser, await links.ask(browser, email))).location).toBe('/home');
    expect((await byKey()).body).toBeNull();
    for (const table of ['auth_linked_account', 'auth_consent'])
      expect(await host.sql(`SELECT id FROM ${table} WHERE subject = $1`, [id])).toEqual([]);
    expect((await send(`${host.url}/api/auth/token/refresh`, { body: { refreshToken } })).status).toBe(401);
    expect(await aliveThings(host, id)).toBe(1);
    expect(await host.sql('SELECT password_hash FROM auth_user WHERE id = $1', [id])).toEqual([
      { password_hash: null },
    ]);
  });

  it.each([
    ['401 a passkey that was made there signs nobody in any more', false, 401],
    ['200 a passkey of a verified account does', true, 200],
  ])('%s', async (_title, emailVerified, status) => {
    const person = await new PasskeyPerson(host.url).signUp();
    const authenticator = await person.withPasskey();
    if (emailVerified) await host.app.get(UsersService).seed({ email: person.email, emailVerified });
    const browser = new Browser();
    expect((await links.open(browser, await links.ask(browser, person.email))).location).toBe('/home');
    person.forgetCookies();
    expect((await person.use(authenticator)).status).toBe(status);
  });

  it('a verified account keeps all of it', async () => {
    const { id, email, token } = await signUp(host.url);
    await host.app.get(UsersService).seed({ email, emailVerified: true });
    const made = await send(`${host.url}/api/auth/api-key/create`, { bearer: token, body: { name: 'mine' } });
    const browser = new Browser();
    await links.open(browser, await links.ask(browser, email));
    const headers = { 'x-api-key': made.body.key as string };
    expect((await send(`${host.url}/api/auth/get-session`, { headers })).body.user.id).toBe(id);
  });
});

describe('a directory of the host that verifies addresses elsewhere', () => {
  it('EMAIL_NOT_VERIFIED nobody comes into an account that others may have made', async () => {
    const mailbox = new Mailbox();
    const now = new Date();
    const user: HostUser = {
      id: '7',
      email: 'seven@example.com',
      emailVerified: false,
      name: 'Seven',
      createdAt: now,
      updatedAt: now,
    };
    const users: UserDirectory = {
      find: async (id) => (id === user.id ? user : null),
      findByEmail: async (email) => (email === user.email ? user : null),
    };
    const host = await createTestApp({ auth: { mail: mailbox.mail, accounts: { users, magicLink: MAGIC_LINK } } });
    const links = new MailedLinks(() => host, mailbox);
    const browser = new Browser();
    const link = await links.ask(browser, user.email);
    expect((await links.open(browser, link)).location).toBe('/home?error=EMAIL_NOT_VERIFIED');
    expect(await host.sql('SELECT id FROM auth_session')).toEqual([]);
    await host.close();
  });
});
