import { LinkedAccountsService, UsersService } from '../../src/index.js';
import { MemberDirectory, memberMigration } from '../support/members.js';
import { Browser } from '../support/browser.js';
import {
  accountsOf,
  createLinkingHost,
  linkThrough,
  signInThrough,
  somebody,
  userIdOf,
  type LinkingHost,
} from '../support/linking.js';
import { locationOf, post } from '../support/travel.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

describe('a host with its own user table', () => {
  let linking: LinkingHost;
  beforeAll(async () => {
    linking = await createLinkingHost(
      { linking: { trustedProviders: ['test-idp'] } },
      {
        app: {
          tables: ['sessions', 'bearer', 'accountLinking'],
          migrations: [memberMigration('integer')],
          // One connection: the host's directory and our transactions never wait for one another (T118).
          poolSize: 1,
        },
        users: MemberDirectory,
      },
    );
  });
  afterAll(() => linking.close());

  const member = async (email: string) =>
    (await linking.host.sql<{ id: number; full_name: string }>('SELECT * FROM member WHERE email = $1', [email]))[0];

  it('302 somebody new becomes a member of the host, and is the same one next time', async () => {
    const { email } = somebody(linking.idp);
    const [one, two] = [new Browser(), new Browser()];
    expect(locationOf(await signInThrough(linking.host, one))).toBe('/home');
    expect((await member(email))?.full_name).toBe('Ada Lovelace');
    await signInThrough(linking.host, two);
    expect(await userIdOf(linking.host, two)).toBe(String((await member(email))!.id));
  });

  it('302 a member with a password links, lists and signs in through the provider', async () => {
    const { email, person } = somebody(linking.idp);
    const { id } = await signUp(linking.host.url, { email });
    const browser = new Browser();
    await post(linking.host, browser, 'sign-in/email', { email, password: TEST_PASSWORD });
    expect(locationOf(await linkThrough(linking.host, browser))).toBe('/settings');
    expect(await accountsOf(linking.host, browser)).toMatchObject([{ accountId: person, userId: id }]);
    const other = new Browser();
    await signInThrough(linking.host, other);
    expect(await userIdOf(linking.host, other)).toBe(id);
  });

  it('400 FAILED_TO_UNLINK_LAST_ACCOUNT: a directory that cannot tell of passwords loses no way in', async () => {
    const { email } = somebody(linking.idp);
    await signUp(linking.host.url, { email });
    const browser = new Browser();
    await post(linking.host, browser, 'sign-in/email', { email, password: TEST_PASSWORD });
    await linkThrough(linking.host, browser);
    const answer = await post(linking.host, browser, 'unlink-account', { providerId: 'test-idp' });
    expect([answer.status, answer.body.code]).toEqual([400, 'FAILED_TO_UNLINK_LAST_ACCOUNT']);
  });

  it('302 the trusted provider lets a member in by their verified address', async () => {
    const { email } = somebody(linking.idp);
    const { id } = await signUp(linking.host.url, { email });
    const browser = new Browser();
    await signInThrough(linking.host, browser);
    expect(await userIdOf(linking.host, browser)).toBe(id);
  });

  it('disabled: tokens end and they stay out, the identity stays theirs; forgotten: it is free', async () => {
    const { email, person } = somebody(linking.idp);
    const browser = new Browser();
    await signInThrough(linking.host, browser);
    const id = (await userIdOf(linking.host, browser))!;
    const users = linking.host.app.get(UsersService);
    await users.disable(id);
    const rows = () =>
      linking.host.sql('SELECT subject, tokens FROM auth_linked_account WHERE account_id = $1', [person]);
    expect(await rows()).toEqual([{ subject: id, tokens: null }]);
    const refused = await signInThrough(linking.host, new Browser());
    expect(locationOf(refused)).toContain('error=unable_to_create_session');
    await users.enable(id);
    const enabled = new Browser();
    await signInThrough(linking.host, enabled);
    expect(await userIdOf(linking.host, enabled)).toBe(id);
    await users.forget(id);
    expect(await rows()).toEqual([]);
    expect(await member(email)).toBeUndefined();
    const anew = new Browser();
    await signInThrough(linking.host, anew);
    expect(await userIdOf(linking.host, anew)).not.toBe(id);
  });

  it('host code lists and unlinks without a request', async () => {
    const { person } = somebody(linking.idp);
    const browser = new Browser();
    await signInThrough(linking.host, browser);
    const id = (await userIdOf(linking.host, browser))!;
    const accounts = linking.host.app.get(LinkedAccountsService);
    expect(await accounts.listAll(id)).toMatchObject([{ providerId: 'test-idp', accountId: person }]);
    await expect(accounts.unlink(id, { providerId: 'test-idp', accountId: null })).rejects.toMatchObject({
      code: 'FAILED_TO_UNLINK_LAST_ACCOUNT',
    });
  });
});
