import { describeInChromium } from '../support/chromium.js';
import { axeFindings, outsideOf, withoutKeyboard } from '../support/page-checks.js';
import {
  addPasskey,
  createPasskeyHost,
  visitWithAuthenticator,
  type PasskeyHost,
  type PasskeyVisit,
} from '../support/passkey-host.js';
import { TEST_PASSWORD } from '../support/users.js';

describeInChromium('passkeys by our pages', (browser) => {
  let host: PasskeyHost;
  let visit: PasskeyVisit;
  beforeAll(async () => {
    host = await createPasskeyHost();
  });
  afterAll(() => host?.close());
  afterEach(() => visit?.close());

  const signOut = async () => {
    await visit.page.goto('/api/auth/account');
    await visit.page.click('#sign-out');
    await visit.page.waitForLoadState();
  };
  const policyOf = async (path: string) => (await visit.page.request.get(path)).headers()['content-security-policy']!;

  it('are added with a name, used to sign in, renamed and removed', async () => {
    visit = await visitWithAuthenticator(browser(), host);
    const { page, authenticator } = visit;
    await addPasskey(page, 'My <b>phone</b>');
    expect(await authenticator.count()).toBe(1);
    expect(await page.textContent('.cards h2')).toBe('My <b>phone</b>');
    // Not in the background: the button is what is tried here.
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false');
    await signOut();
    await page.goto('/api/auth/sign-in');
    await page.click('#passkey');
    await page.waitForSelector('#sign-out');
    expect(new URL(page.url()).pathname).toBe('/api/auth/account');
    await page.goto('/api/auth/account/passkeys');
    await page.click('.cards summary');
    await page.fill('.cards input[name=name]', 'Work key');
    await page.click('.cards details button');
    await page.waitForSelector('#done');
    expect(await page.textContent('.cards h2')).toBe('Work key');
    await page.click('.cards button.bad');
    await page.waitForSelector('#done');
    expect(await page.locator('.cards').count()).toBe(0);
    expect(visit.errors).toEqual([]);
  });

  it('sign in from the list of the field of the address (conditional UI), and go on to where the sign-in was for', async () => {
    visit = await visitWithAuthenticator(browser(), host);
    const { page, authenticator } = visit;
    await addPasskey(page, '');
    await authenticator.isPresent(false);
    await signOut();
    await page.goto('/api/auth/account/sessions');
    expect(new URL(page.url()).pathname).toBe('/api/auth/sign-in');
    await authenticator.touch(() => page.waitForSelector('#sign-out', { timeout: 4_000 }));
    expect(new URL(page.url()).pathname).toBe('/api/auth/account/sessions');
  });

  it('a user who is not verified is told, and can sign in as before', async () => {
    visit = await visitWithAuthenticator(browser(), host, { verifies: false });
    const { page } = visit;
    await page.goto('/api/auth/account/passkeys');
    await page.click('#add-passkey');
    await page.waitForSelector('#passkey-failed:not([hidden])');
    expect(await axeFindings({ page } as never)).toEqual([]);
    await signOut();
    await page.goto('/api/auth/sign-in');
    await page.click('#passkey');
    await page.waitForSelector('#passkey-failed:not([hidden])');
    await page.fill('#email', visit.email);
    await page.fill('#password', TEST_PASSWORD);
    await page.click('#sign-in');
    await page.waitForSelector('#sign-out');
  });

  it('T067 only these pages have a script, named by hash, and it may ask this server alone', async () => {
    visit = await visitWithAuthenticator(browser(), host);
    for (const path of ['/api/auth/sign-in', '/api/auth/account/passkeys']) {
      const policy = await policyOf(path);
      expect(policy).toMatch(/; script-src 'sha256-[\w+/=]{44}'; connect-src 'self'$/);
      expect(policy).not.toContain('unsafe');
    }
    for (const path of ['/api/auth/sign-up', '/api/auth/account', '/api/auth/account/sessions'])
      expect(await policyOf(path)).not.toMatch(/script-src|connect-src/);
  });

  it('are accessible, and reached by the keyboard', async () => {
    visit = await visitWithAuthenticator(browser(), host);
    const { page, authenticator } = visit;
    await addPasskey(
      page,
      'A passkey with a name that is as long as names of passkeys can be, which is a hundred letters.',
    );
    const faults = async () => [
      ...(await axeFindings({ page } as never)),
      ...(await outsideOf({ page } as never)),
      ...(await withoutKeyboard({ page } as never)),
    ];
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await faults()).toEqual([]);
    }
    await authenticator.isPresent(false);
    await signOut();
    await page.goto('/api/auth/sign-in');
    expect(await page.getAttribute('#email', 'autocomplete')).toBe('username webauthn');
    expect(await faults()).toEqual([]);
  });

  it('without scripts say what there is to do', async () => {
    const context = await browser().newContext({ baseURL: host.origin, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto('/api/auth/sign-in');
    expect(await page.isVisible('#passkey')).toBe(false);
    expect(await page.textContent('main')).toContain('Without it, sign in in one of the other ways');
    await context.close();
  });
});
