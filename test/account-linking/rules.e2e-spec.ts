import { Browser } from '../support/browser.js';
import { accountsOf, createLinkingHost, linkThrough, localUser, signInThrough, somebody } from '../support/linking.js';
import { get, locationOf, post, travel } from '../support/travel.js';

describe('rules relaxed and tightened by options', () => {
  it.each([
    [{ allowDifferentEmails: true }, { email: 'else.1@example.com', email_verified: false }, '/settings'],
    [{ enabled: false }, {}, 'unable_to_link_account'],
    [{}, { email: 'else.3@example.com' }, 'email_does_not_match'],
    [{ trustedProviders: ['test-idp'] }, { email_verified: false }, '/settings'],
  ])('linking %j with %j: %s', async (rules, claims, location) => {
    const { host, idp, close } = await createLinkingHost({ linking: rules });
    try {
      const { person } = somebody(idp, claims);
      const { browser } = await localUser(host, `${person}@example.com`);
      expect(locationOf(await linkThrough(host, browser))).toContain(location);
    } finally {
      await close();
    }
  });

  it('allowUnlinkingAll, updateUserInfoOnLink, disableImplicitLinking', async () => {
    const { host, idp, close } = await createLinkingHost({
      linking: {
        allowUnlinkingAll: true,
        updateUserInfoOnLink: true,
        disableImplicitLinking: true,
        trustedProviders: ['test-idp'],
      },
      errorUrl: '/oops',
    });
    try {
      const { email } = somebody(idp, { name: 'Name There' });
      const { browser } = await localUser(host, email);
      expect(locationOf(await signInThrough(host, new Browser()))).toBe('/oops?error=account_not_linked');
      await linkThrough(host, browser);
      expect((await get(host, browser, 'get-session')).body.user.name).toBe('Name There');
      for (const providerId of ['test-idp', 'credential'])
        expect((await post(host, browser, 'unlink-account', { providerId })).status).toBe(200);
      expect(await accountsOf(host, browser)).toEqual([]);
    } finally {
      await close();
    }
  });

  it('disableSignUp and disableImplicitSignUp; requireEmailVerification and the hooks of accounts hold here as well', async () => {
    const vetoes: string[] = [];
    const { host, idp, close } = await createLinkingHost(
      {},
      {
        idp: { providerIds: ['test-idp', 'closed', 'asked'] },
        overrides: { closed: { disableSignUp: true }, asked: { disableImplicitSignUp: true } },
        app: {
          auth: {
            accounts: {
              requireEmailVerification: true,
              hooks: {
                beforeSignUp: ({ email }) => void vetoes.push(`up ${email}`),
                beforeSignIn: ({ email }) => void vetoes.push(`in ${email}`),
              },
            },
          },
        },
      },
    );
    try {
      const { email } = somebody(idp);
      for (const id of ['closed', 'asked'])
        expect(locationOf(await signInThrough(host, new Browser(), id))).toContain('error=signup_disabled');
      expect(vetoes).toEqual([]);
      const browser = new Browser();
      const begun = await post(host, browser, 'sign-in/social', {
        provider: 'asked',
        requestSignUp: true,
        callbackURL: '/home',
      });
      expect(locationOf(await travel(host, browser, begun.body.url))).toBe('/home');
      expect(vetoes).toEqual([`up ${email}`, `in ${email}`]);
      somebody(idp, { email_verified: false });
      expect(locationOf(await signInThrough(host, new Browser()))).toContain('error=email_not_verified');
    } finally {
      await close();
    }
  });
});
