import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { createLinkingHost, somebody, type LinkingHost } from '../support/linking.js';
import { locationOf, post, travel } from '../support/travel.js';

describe('F28: back from a provider into an app', () => {
  let linking: LinkingHost;
  beforeAll(async () => {
    linking = await createLinkingHost(
      {},
      { app: { auth: { trustedOrigins: ['myapp://'], accounts: { oneTimeToken: { inCallback: 'apps' } } } } },
    );
  });
  afterAll(() => linking.close());

  const comeBack = async (browser: Browser, wish: object) => {
    const begun = await post(linking.host, browser, 'sign-in/social', { provider: 'test-idp', ...wish });
    return locationOf(await travel(linking.host, browser, begun.body.url));
  };

  it('the callback address carries a token that buys the session, also for who is new', async () => {
    const { email } = somebody(linking.idp);
    for (const [address, wish] of [
      ['myapp://new', { callbackURL: 'myapp://callback', newUserCallbackURL: 'myapp://new' }],
      ['myapp://callback', { callbackURL: 'myapp://callback', newUserCallbackURL: 'myapp://new' }],
    ] as const) {
      const location = await comeBack(new Browser(), wish);
      expect(location).toMatch(new RegExp(`^${address}\\?ott=[A-Za-z0-9]{32}$`));
      const token = new URL(location).searchParams.get('ott');
      const bought = await send(`${linking.host.url}/api/auth/one-time-token/verify`, { body: { token } });
      expect(bought.body.user.email).toBe(email);
    }
  });

  it('an address of our own gets none, and an error none either', async () => {
    somebody(linking.idp);
    expect(await comeBack(new Browser(), { callbackURL: '/home' })).toBe('/home');
    somebody(linking.idp, { email: undefined });
    const failed = await comeBack(new Browser(), {
      callbackURL: 'myapp://callback',
      errorCallbackURL: 'myapp://failed',
    });
    expect(failed).toMatch(/^myapp:\/\/failed\?error=[a-z_]+$/);
  });
});
