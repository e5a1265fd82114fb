import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { axeFindings, outsideOf, withoutKeyboard } from '../support/page-checks.js';
import {
  addPasskey,
  createPasskeyHost,
  visitWithAuthenticator,
  type PasskeyHost,
  type PasskeyVisit,
} from '../support/passkey-host.js';
import { codeOf } from '../support/two-factor.js';
import { TEST_PASSWORD } from '../support/users.js';
import { bundled } from '../support/virtual-authenticator.js';

describeInChromium('a passkey as the second factor, in a browser', (browser) => {
  let host: PasskeyHost;
  let visit: PasskeyVisit;
  let page: Page;
  beforeAll(async () => {
    host = await createPasskeyHost({ passkeys: { userVerification: 'preferred' }, twoFactor: true });
  });
  afterAll(() => host?.close());
  afterEach(() => visit?.close());

  const call = async (route: string, data: object) => {
    const answer = await page.request.post(`/api/auth/${route}`, { data, headers: { origin: host.origin } });
    if (!answer.ok()) throw new Error(`${route}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  /** Somebody with an app and a passkey, signed out. */
  const comes = async () => {
    visit = await visitWithAuthenticator(browser(), host);
    ({ page } = visit);
    // Not in the background: what comes after the password is tried here.
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false');
    const { totpURI } = await call('two-factor/enable', { password: TEST_PASSWORD });
    await call('two-factor/verify-totp', { code: codeOf(new URL(totpURI).searchParams.get('secret')!) });
    await addPasskey(page, 'My phone');
    await page.goto('/api/auth/account');
    await page.click('#sign-out');
    await page.waitForLoadState();
  };
  const amr = async () => {
    const [row] = await host.sql<{ amr: string[] }>(
      `SELECT s.amr FROM auth_session s JOIN auth_user u ON u.id = s.subject WHERE u.email = $1 ORDER BY s.created_at DESC LIMIT 1`,
      [visit.email],
    );
    return row!.amr.toSorted();
  };

  it('is offered after the password, is accessible, and leads to where the sign-in was for', async () => {
    await comes();
    await page.goto('/api/auth/account/sessions');
    await page.fill('#email', visit.email);
    await page.fill('#password', TEST_PASSWORD);
    await page.click('#sign-in');
    await page.waitForSelector('#verify-totp');
    const faults = async () => [
      ...(await axeFindings({ page } as never)),
      ...(await outsideOf({ page } as never)),
      ...(await withoutKeyboard({ page } as never)),
    ];
    expect(await faults()).toEqual([]);
    await page.click('#use-passkey');
    await page.waitForSelector('#passkey');
    expect(await faults()).toEqual([]);
    await page.click('#passkey');
    await page.waitForSelector('#sign-out');
    expect(new URL(page.url()).pathname).toBe('/api/auth/account/sessions');
    expect(await amr()).toEqual(['hwk', 'mfa', 'pwd', 'user']);
    expect(visit.errors).toEqual([]);
  });

  it("by better-auth's passkey client: signIn.passkey() completes the sign-in that waits", async () => {
    await comes();
    const script = bundled('passkey-page.mjs');
    await page.route('**/own-page', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><script type="module" src="/client.js"></script>',
      }),
    );
    await page.route('**/client.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
    await page.goto('/own-page');
    await page.waitForFunction('"client" in window');
    const client = (expression: string): Promise<{ data: any; error: unknown }> =>
      page.evaluate(`client.${expression}`);
    const due = await client(`signIn.email({ email: '${visit.email}', password: '${TEST_PASSWORD}' })`);
    expect(due.data).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ['totp', 'passkey'] });
    expect((await client('getSession()')).data).toBeNull();
    const done = await client('signIn.passkey()');
    expect([done.error, done.data.user.email]).toEqual([null, visit.email]);
    expect((await client('getSession()')).data.user.email).toBe(visit.email);
    expect(await amr()).toEqual(['hwk', 'mfa', 'pwd', 'user']);
  });
});
