import { describeInChromium } from '../support/chromium.js';
import { addPasskey, createPasskeyHost, visitWithAuthenticator, type PasskeyHost } from '../support/passkey-host.js';
import { TwoFactorHost } from '../support/two-factor.js';
import { signIn, TEST_PASSWORD } from '../support/users.js';

describeInChromium('a passkey as the second step of a sign-in', (browser) => {
  let host: PasskeyHost;
  beforeAll(async () => {
    host = await createPasskeyHost({ twoFactor: true });
  });
  afterAll(() => host?.close());

  it('is offered beside codes, leads back to them, and signs in to where the sign-in was for', async () => {
    const visit = await visitWithAuthenticator(browser(), host);
    const { page, email } = visit;
    try {
      await addPasskey(page, 'Laptop');
      await new TwoFactorHost(host).enrolled(await signIn(host.url, email));
      await page.context().clearCookies();
      // Not by the passkey that the field of the address offers.
      await visit.authenticator.isPresent(false);
      await page.goto('/api/auth/sign-in?continue=/api/auth/account/sessions');
      await page.fill('#email', email);
      await page.fill('#password', TEST_PASSWORD);
      await page.click('#sign-in');
      await page.click('#use-passkey');
      await page.waitForSelector('#passkey-ready:not([hidden])');
      await page.click('#other-way');
      await page.waitForSelector('#totp');
      await page.click('#use-passkey');
      await visit.authenticator.isPresent(true);
      await page.click('#passkey');
      await page.waitForSelector('#sign-out');
      expect(new URL(page.url()).pathname).toBe('/api/auth/account/sessions');
      expect(visit.errors).toEqual([]);
      const rows = await host.sql<{ amr: string[] }>(
        `SELECT amr FROM auth_session WHERE subject = (SELECT id::text FROM auth_user WHERE email = $1) ORDER BY created_at DESC LIMIT 1`,
        [email],
      );
      expect(rows[0]!.amr).toEqual(expect.arrayContaining(['pwd', 'mfa', 'user']));
    } finally {
      await visit.close();
    }
  });
});
