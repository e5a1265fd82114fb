import { TEST_ISSUER } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { createLinkingHost, somebody, signInThrough, userIdOf, type LinkingHost } from '../support/linking.js';
import { atHost, locationOf, post, visitProvider } from '../support/travel.js';

const STATE = 'better-auth.state';

describe('cookies of a browser that goes to a provider', () => {
  let linking: LinkingHost;
  beforeAll(async () => {
    linking = await createLinkingHost();
  });
  afterAll(() => linking.close());

  const begin = (browser: Browser) =>
    post(linking.host, browser, 'sign-in/social', { provider: 'test-idp', callbackURL: '/home' });
  const stateOf = (browser: Browser) => browser.cookies.get(STATE)!.value;
  const finish = (url: string, cookie: string) =>
    fetch(atHost(linking.host, url), { headers: { cookie, origin: TEST_ISSUER }, redirect: 'manual' });

  it('F08: a state value of which no trip is under way is not taken up; one that is, by a second tab, is', async () => {
    somebody(linking.idp);
    const browser = new Browser();
    await begin(browser);
    const first = stateOf(browser);
    await begin(browser);
    expect(stateOf(browser)).toBe(first);
    await linking.host.sql(`UPDATE auth_link_state SET expires_at = now() - interval '1 second'`);
    await begin(browser);
    expect(stateOf(browser)).not.toBe(first);
  });

  it('F08: a value that was planted and spent is not taken up', async () => {
    somebody(linking.idp);
    const attacker = new Browser();
    await signInThrough(linking.host, attacker);
    const victim = new Browser();
    victim.cookies.set(STATE, attacker.cookies.get(STATE)!);
    await begin(victim);
    expect(stateOf(victim)).not.toBe(stateOf(attacker));
  });

  it('F08: of several values the one that the trip is bound to counts, wherever it stands', async () => {
    const stale = new Browser();
    somebody(linking.idp);
    await signInThrough(linking.host, stale);
    const old = `${STATE}=${stateOf(stale)}`;
    for (const order of [
      (mine: string) => `${old}; ${mine}`,
      (mine: string) => `${mine}; ${old}`,
      (mine: string) => `${STATE}=junk; ${old}; ${mine}`,
    ]) {
      somebody(linking.idp);
      const browser = new Browser();
      const { body } = await begin(browser);
      const back = await visitProvider(body.url);
      expect(locationOf(await finish(back, old))).toContain('error=state_mismatch');
      expect(locationOf(await finish(back, order(`${STATE}=${stateOf(browser)}`)))).toBe('/home');
    }
  });

  it('F46: the same user through the provider again: a new token, the same session; what the browser had is dead', async () => {
    const { email } = somebody(linking.idp);
    const browser = new Browser();
    await signInThrough(linking.host, browser);
    const id = await userIdOf(linking.host, browser);
    const sessions = () =>
      linking.host.sql<{ id: string }>(
        'SELECT s.id FROM auth_session s JOIN auth_user u ON u.id = s.subject WHERE u.email = $1',
        [email],
      );
    const before = await sessions();
    const old = browser.cookieHeader();
    await signInThrough(linking.host, browser);
    expect(await userIdOf(linking.host, browser)).toBe(id);
    expect([await sessions(), before.length]).toEqual([before, 1]);
    const read = await send(`${linking.host.url}/api/auth/get-session`, { headers: { cookie: old } });
    expect(read.body).toBeNull();
  });
});
