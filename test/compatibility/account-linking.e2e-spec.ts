import { createAuthClient as createClient17 } from 'better-auth/client';
import { createAuthClient as createClient16 } from 'better-auth-16/client';
import { genericOAuthClient } from 'better-auth-16/client/plugins';
import { Browser } from '../support/browser.js';
import { createLinkingHost, localUser, somebody, type LinkingHost } from '../support/linking.js';
import { locationOf, travel } from '../support/travel.js';
import type { LooseClient } from '../support/better-auth-clients.js';

const create17 = createClient17 as unknown as (options: object) => LooseClient;
const create16 = createClient16 as unknown as (options: object) => LooseClient;

/** Both lines of the client, and what each calls the same thing. */
const GENERATIONS = [
  {
    version: '1.7.5, linkSocial',
    create: (options: object) => create17(options),
    signIn: (client: LooseClient) =>
      client['signIn']!['social']!({ provider: 'test-idp', callbackURL: '/home', newUserCallbackURL: '/welcome' }),
    link: (client: LooseClient) => client['linkSocial']!({ provider: 'test-idp', callbackURL: '/settings' }),
    unlink: (client: LooseClient, account: { id: string }) => client['unlinkAccount']!({ accountId: account.id }),
    token: (client: LooseClient, account: { id: string }) => client['getAccessToken']!({ accountId: account.id }),
  },
  {
    version: '1.6.34, genericOAuthClient',
    create: (options: object) => create16({ ...options, plugins: [genericOAuthClient()] }),
    signIn: (client: LooseClient) =>
      client['signIn']!['oauth2']!({ providerId: 'test-idp', callbackURL: '/home', newUserCallbackURL: '/welcome' }),
    link: (client: LooseClient) => client['oauth2']!['link']!({ providerId: 'test-idp', callbackURL: '/settings' }),
    unlink: (client: LooseClient, account: { providerId: string; accountId: string }) =>
      client['unlinkAccount']!({ providerId: account.providerId, accountId: account.accountId }),
    token: (client: LooseClient, account: { accountId: string }) =>
      client['getAccessToken']!({ providerId: 'test-idp', accountId: account.accountId }),
  },
] as const;

describe.each(GENERATIONS)('better-auth/client $version', ({ create, signIn, link, unlink, token }) => {
  let linking: LinkingHost;
  beforeAll(async () => {
    linking = await createLinkingHost();
  });
  afterAll(() => linking.close());

  const clientOf = (browser: Browser) =>
    create({ baseURL: linking.host.url, fetchOptions: { customFetchImpl: browser.fetch } });

  it('sign-in: to the provider and back, as somebody new and again', async () => {
    const { person, email } = somebody(linking.idp);
    for (const destination of ['/welcome', '/home']) {
      const browser = new Browser();
      const client = clientOf(browser);
      const begun = await signIn(client);
      expect(begun).toMatchObject({ error: null, data: { redirect: true, url: expect.any(String) } });
      expect(locationOf(await travel(linking.host, browser, begun.data.url))).toBe(destination);
      expect((await client['getSession']!()).data.user).toMatchObject({ email, emailVerified: true });
      const list = await client['listAccounts']!();
      expect(list.data).toMatchObject([{ providerId: 'test-idp', accountId: person }]);
      expect(list.data[0].createdAt).toBeInstanceOf(Date);
      expect((await token(client, list.data[0])).data.accessToken).toEqual(expect.any(String));
    }
  });

  it('link, list, unlink: the password stays, then it is the last one', async () => {
    const { person, email } = somebody(linking.idp);
    const { browser, id } = await localUser(linking.host, email);
    const client = clientOf(browser);
    const begun = await link(client);
    expect(begun).toMatchObject({ error: null, data: { redirect: true } });
    expect(locationOf(await travel(linking.host, browser, begun.data.url))).toBe('/settings');
    const { data: accounts } = await client['listAccounts']!();
    expect(accounts).toMatchObject([
      { providerId: 'credential', accountId: id, userId: id, scopes: [] },
      { providerId: 'test-idp', accountId: person, userId: id },
    ]);
    expect(await unlink(client, accounts[1])).toMatchObject({ data: { status: true }, error: null });
    expect((await client['listAccounts']!()).data).toHaveLength(1);
    expect((await unlink(client, accounts[1])).error).toMatchObject({ code: 'ACCOUNT_NOT_FOUND', status: 400 });
    expect((await unlink(client, accounts[0])).error).toMatchObject({
      code: 'FAILED_TO_UNLINK_LAST_ACCOUNT',
      status: 400,
    });
  });

  it('401 link and list without a session; unknown provider is an error of the client', async () => {
    const client = clientOf(new Browser());
    expect((await link(client)).error).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    expect((await client['listAccounts']!()).error).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    const social = await client['signIn']!['social']!({ provider: 'nobody' });
    expect(social.error).toMatchObject({ code: 'PROVIDER_NOT_FOUND', status: 404 });
  });
});
