import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import {
  createPasskeyHost,
  visitWithAuthenticator,
  type PasskeyHost,
  type PasskeyVisit,
} from '../support/passkey-host.js';
import { bundled } from '../support/virtual-authenticator.js';

describeInChromium("better-auth's passkey client 1.7.6 in a page", (browser) => {
  let host: PasskeyHost;
  let script: string;
  let visit: PasskeyVisit;
  beforeAll(async () => {
    script = bundled('passkey-page.mjs');
    host = await createPasskeyHost();
  });
  afterAll(() => host?.close());
  afterEach(() => visit?.close());

  /** The page of a host's own, with the client. */
  const open = async (page: Page) => {
    await page.route('**/own-page', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><script type="module" src="/client.js"></script>',
      }),
    );
    await page.route('**/client.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
    await page.goto('/own-page');
    await page.waitForFunction('"client" in window');
  };
  const call = (expression: string): Promise<{ data: any; error: { code?: string; status: number } | null }> =>
    visit.page.evaluate(`client.${expression}`);

  it('adds, lists, renames, signs in, and deletes', async () => {
    visit = await visitWithAuthenticator(browser(), host);
    await open(visit.page);
    const added = await call("passkey.addPasskey({ name: 'My phone' })");
    expect([added.error, added.data.name, added.data.deviceType]).toEqual([null, 'My phone', expect.any(String)]);
    const listed = await call('passkey.listUserPasskeys()');
    expect(listed.data).toEqual([added.data]);
    const renamed = await call(`passkey.updatePasskey({ id: '${added.data.id}', name: 'Work' })`);
    expect(renamed.data.passkey.name).toBe('Work');
    await call('signOut()');
    expect((await call('getSession()')).data).toBeNull();
    const signedIn = await call('signIn.passkey()');
    expect([signedIn.error, signedIn.data.user.email]).toEqual([null, visit.email]);
    expect((await call('getSession()')).data.user.email).toBe(visit.email);
    // Signed in: for the passkeys of this user, as a step-up.
    expect((await call('signIn.passkey()')).error).toBeNull();
    expect((await call(`passkey.deletePasskey({ id: '${added.data.id}' })`)).data).toEqual({ status: true });
    expect((await call('passkey.listUserPasskeys()')).data).toEqual([]);
  });

  it('gets the errors that it knows', async () => {
    visit = await visitWithAuthenticator(browser(), host);
    await open(visit.page);
    await call('passkey.addPasskey()');
    expect((await call('passkey.addPasskey()')).error).toMatchObject({
      code: 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED',
    });
    expect((await call("passkey.deletePasskey({ id: 'another' })")).error).toMatchObject({
      code: 'PASSKEY_NOT_FOUND',
      status: 404,
    });
    await host.sql('DELETE FROM auth_passkey');
    await call('signOut()');
    expect((await call('signIn.passkey()')).error).toMatchObject({ code: 'PASSKEY_NOT_FOUND', status: 401 });
  });
});
