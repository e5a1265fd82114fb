import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT, startIdentityProvider, type IdentityProvider } from '../support/identity-provider.js';
import {
  accountsOf,
  createLinkingHost,
  linkThrough,
  localUser,
  signInThrough,
  somebody,
  userIdOf,
  type LinkingHost,
} from '../support/linking.js';
import { atHost, locationOf, post, visitProvider } from '../support/travel.js';

const TENANT = '0a1b2c3d-0000-4000-8000-00000000000a';

describe('T113 the identity is issuer and subject', () => {
  let host: TestApp;
  let first: IdentityProvider;
  let second: IdentityProvider;
  let entra: IdentityProvider;
  beforeAll(async () => {
    first = await startIdentityProvider({ providerIds: ['first', 'first-again'] });
    second = await startIdentityProvider({ providerIds: ['second'] });
    entra = await startIdentityProvider({ providerIds: ['microsoft'], path: `/${TENANT}/v2.0` });
    const authority = new URL(entra.issuer).origin;
    host = await createTestApp({
      auth: {
        allowPrivateNetwork: true,
        accountLinking: {
          providers: [
            { providerId: 'first', issuer: first.issuer, ...CLIENT },
            { providerId: 'first-again', discoveryUrl: `${first.issuer}/.well-known/openid-configuration`, ...CLIENT },
            { providerId: 'second', issuer: second.issuer, ...CLIENT },
            { providerId: 'microsoft', authority, tenantId: TENANT, scopes: ['openid', 'profile', 'email'], ...CLIENT },
          ],
        },
      },
    });
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([first, second, entra].map((idp) => idp.close()));
  });

  it('T113 one subject at two issuers is two people', async () => {
    first.person = second.person = 'shared-subject';
    first.people.set('shared-subject', { email: 'one@example.com', email_verified: true });
    second.people.set('shared-subject', { email: 'two@example.com', email_verified: true });
    const [one, two] = [new Browser(), new Browser()];
    await signInThrough(host, one, 'first');
    await signInThrough(host, two, 'second');
    expect(await userIdOf(host, one)).not.toBeNull();
    expect(await userIdOf(host, two)).not.toBe(await userIdOf(host, one));
  });

  it('T113 one subject at one issuer under two names here is one person; a changed e-mail address changes nothing', async () => {
    const { person } = somebody(first);
    const [one, two] = [new Browser(), new Browser()];
    await signInThrough(host, one, 'first');
    first.people.set(person, { email: 'moved@example.com', email_verified: true });
    await signInThrough(host, two, 'first-again');
    expect(await userIdOf(host, two)).toBe(await userIdOf(host, one));
  });

  it('T113 an address that moved on to another subject opens nothing', async () => {
    const { email } = somebody(first);
    const one = new Browser();
    await signInThrough(host, one, 'first');
    somebody(first, { email });
    const answer = await signInThrough(host, new Browser(), 'first');
    expect(locationOf(answer)).toContain('error=account_not_linked');
  });

  it('T113 Entra: tid and oid are the key, sub is not, and its e-mail address counts as unverified', async () => {
    const claims = { tid: TENANT, oid: 'object-1', email: 'boss@example.com', email_verified: true, name: 'Boss' };
    entra.people.set('pairwise-1', claims);
    entra.people.set('pairwise-2', { ...claims, email: 'other@example.com' });
    entra.person = 'pairwise-1';
    const [one, two] = [new Browser(), new Browser()];
    expect([locationOf(await signInThrough(host, one, 'microsoft')), entra.errors]).toEqual(['/home', []]);
    entra.person = 'pairwise-2';
    await signInThrough(host, two, 'microsoft');
    expect(await userIdOf(host, two)).toBe(await userIdOf(host, one));
    expect(await accountsOf(host, one)).toMatchObject([{ providerId: 'microsoft', accountId: `${TENANT}.object-1` }]);
    const [user] = await host.sql('SELECT email_verified FROM auth_user WHERE email = $1', ['boss@example.com']);
    expect(user).toEqual({ email_verified: false });
  });

  it.each([{ tid: TENANT }, { oid: 'object-2' }, { tid: '', oid: 'object-2' }])(
    'T113 Entra without both %j: nobody',
    async (claims) => {
      somebody(entra, claims);
      const answer = await signInThrough(host, new Browser(), 'microsoft');
      expect(locationOf(answer)).toContain('error=unable_to_get_user_info');
    },
  );

  it('T113 the table itself takes no empty part of an identity', async () => {
    const insert = (issuer: string, account: string) =>
      host.sql(
        `INSERT INTO auth_linked_account (id, subject, provider_id, issuer, account_id) VALUES (gen_random_uuid(), 's', 'p', $1, $2)`,
        [issuer, account],
      );
    await expect(insert('', 'x')).rejects.toThrow('identity_not_empty');
    await expect(insert('x', '')).rejects.toThrow('identity_not_empty');
  });
});

describe('T116 one external account, one user', () => {
  let linking: LinkingHost;
  let host: TestApp;
  let idp: IdentityProvider;
  beforeAll(async () => {
    linking = await createLinkingHost({ linking: { allowDifferentEmails: true } });
    ({ host, idp } = linking);
  });
  afterAll(() => linking.close());

  const taken = 'http://localhost:3000/api/auth/error?error=account_already_linked_to_different_user';
  const ownersOf = (person: string) =>
    host.sql<{ subject: string }>('SELECT subject FROM auth_linked_account WHERE account_id = $1', [person]);

  it('T116 linked to another user already: the error, nothing moved; linking it again oneself is no error', async () => {
    const { person } = somebody(idp);
    const ada = await localUser(host, 'ada.t116@example.com');
    const eve = await localUser(host, 'eve.t116@example.com');
    expect(locationOf(await linkThrough(host, ada.browser))).toBe('/settings');
    expect(locationOf(await linkThrough(host, eve.browser))).toBe(taken);
    expect(locationOf(await linkThrough(host, ada.browser))).toBe('/settings');
    expect(await ownersOf(person)).toEqual([{ subject: ada.id }]);
  });

  it('T116 two users link one account at the same moment: the unique index lets one', async () => {
    const { person } = somebody(idp);
    const users = [await localUser(host, 'left.t116@example.com'), await localUser(host, 'right.t116@example.com')];
    const backs: string[] = [];
    for (const { browser } of users) {
      const begun = await post(host, browser, 'link-social', { provider: 'test-idp', callbackURL: '/settings' });
      backs.push(atHost(host, await visitProvider(begun.body.url)));
    }
    const answers = await Promise.all(users.map(({ browser }, index) => browser.fetch(backs[index]!)));
    expect(answers.map(locationOf).sort()).toEqual(['/settings', taken].sort());
    expect(await ownersOf(person)).toHaveLength(1);
  });

  it('T116 somebody new signs in in four browsers at the same moment: one user', async () => {
    const { person, email } = somebody(idp);
    const trips = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const browser = new Browser();
        const begun = await post(host, browser, 'sign-in/social', { provider: 'test-idp', callbackURL: '/home' });
        return { browser, back: atHost(host, await visitProvider(begun.body.url)) };
      }),
    );
    const answers = await Promise.all(trips.map(({ browser, back }) => browser.fetch(back)));
    expect(answers.map(locationOf)).toEqual(['/home', '/home', '/home', '/home']);
    expect(await ownersOf(person)).toHaveLength(1);
    expect(await host.sql('SELECT 1 FROM auth_user WHERE email = $1', [email])).toHaveLength(1);
  });

  it('T116 400 FAILED_TO_UNLINK_LAST_ACCOUNT: the last sign-in method stays', async () => {
    somebody(idp);
    const browser = new Browser();
    await signInThrough(host, browser);
    const [account] = await accountsOf(host, browser);
    for (const body of [{ accountId: account!.id }, { providerId: 'test-idp' }]) {
      const answer = await post(host, browser, 'unlink-account', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'FAILED_TO_UNLINK_LAST_ACCOUNT']);
    }
    expect(await accountsOf(host, browser)).toHaveLength(1);
  });

  it('T116 the two last methods removed at the same moment: one stays', async () => {
    somebody(idp);
    const { browser, id } = await localUser(host, 'both.t116@example.com');
    await linkThrough(host, browser);
    const bodies = (await accountsOf(host, browser)).map((account) => ({ accountId: account.id }));
    expect(bodies).toHaveLength(2);
    const answers = await Promise.all(bodies.map((body) => post(host, browser, 'unlink-account', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(await accountsOf(host, browser)).toHaveLength(1);
    expect(await userIdOf(host, browser)).toBe(id);
  });

  it('T116 a sign-in that is under way when its account is unlinked gets no session', async () => {
    const { person } = somebody(idp);
    const { browser, id } = await localUser(host, 'race.t116@example.com');
    await linkThrough(host, browser);
    // As if the unlinking committed between the look at the account and the start of the session.
    await host.sql(`CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      UPDATE auth_subject SET epoch = epoch + 1 WHERE subject = NEW.subject; RETURN NEW; END $$`);
    await host.sql(`CREATE TRIGGER bump AFTER UPDATE ON auth_linked_account FOR EACH ROW EXECUTE FUNCTION bump()`);
    idp.person = person;
    const other = new Browser();
    const answer = await signInThrough(host, other);
    await host.sql('DROP FUNCTION bump() CASCADE');
    expect(locationOf(answer)).toContain('error=unable_to_create_session');
    expect(await userIdOf(host, other)).toBeNull();
    expect(await userIdOf(host, browser)).toBe(id);
  });
});
