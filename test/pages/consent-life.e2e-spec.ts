import { describeInChromium } from '../support/chromium.js';
import { send } from '../support/http.js';
import { basic, pkce } from '../support/oauth.js';
import { FILMS_SECRET } from '../support/page-host.js';
import { visitAs } from '../support/page-visit.js';
import { createPageWorld, type PageWorld } from '../support/page-world.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

describeInChromium('the life of a consent, by its pages and without scripts', (browser) => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world?.close());
  const token = (form: Record<string, string>) =>
    send(`${world.url}/api/auth/oauth2/token`, {
      headers: basic('films', FILMS_SECRET),
      body: new URLSearchParams(form),
    });

  it('signed in, allowed, exchanged, listed, withdrawn, and then of no use', async () => {
    const { email } = await signUp(world.url);
    const { page, context, errors } = await visitAs(browser(), world);
    const { verifier, challenge } = pkce();
    const scope = 'openid profile offline_access';
    await page.goto(world.authorizePath('films', { scope, code_challenge: challenge }));
    expect(await page.locator('main').innerText()).toContain('to continue to Acme Films');
    await page.fill('#email', email);
    await page.fill('#password', TEST_PASSWORD);
    await page.press('#password', 'Enter');
    await page.waitForURL(/oauth2\/consent/);
    expect(await page.locator('h1').innerText()).toBe('Allow Acme Films to access your account?');
    await page.click('#allow');
    await page.waitForURL(/\/callback\?/);
    expect(await page.locator('#home').innerText()).toBe('At the client');

    const code = new URL(page.url()).searchParams.get('code')!;
    const redirectUri = `${world.client.origin}/callback`;
    const granted = await token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
    expect(granted.status).toBe(200);
    const userinfo = () => send(`${world.url}/api/auth/oauth2/userinfo`, { bearer: granted.body.access_token });
    expect((await userinfo()).status).toBe(200);

    await page.goto('/api/auth/account/applications');
    expect(await page.locator('.cards h2').allInnerTexts()).toEqual(['Acme Films']);
    await page.click('.cards button');
    expect(await page.locator('#done').innerText()).toBe('Access has been removed.');
    expect(await page.locator('#none').innerText()).toBe('No application has access to your account.');
    const refreshed = await token({ grant_type: 'refresh_token', refresh_token: granted.body.refresh_token });
    expect([(await userinfo()).status, refreshed.status]).toEqual([401, 400]);
    expect(errors).toEqual([]);
    await context.close();
  });
});
