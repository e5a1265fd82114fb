import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { visitAs, type Visit } from '../support/page-visit.js';
import { createPageWorld, type PageWorld } from '../support/page-world.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

describeInChromium('F35 what people do twice is no fault of theirs', (browser) => {
  let world: PageWorld;
  let visit: Visit;
  let email: string;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    ({ email } = await signUp(world.url));
    visit = await visitAs(browser(), world);
  });
  afterEach(() => visit.context.close());

  const fill = async (page: Page) => {
    await page.fill('#email', email);
    await page.fill('#password', TEST_PASSWORD);
  };
  const signedIn = async (page: Page) => {
    await page.goto('/api/auth/sign-in');
    await fill(page);
    await page.click('#sign-in');
    await page.waitForSelector('#sign-out');
  };
  const isFine = async (page: Page) => expect(await page.title()).not.toContain('Error');

  it('sign-in: a double click, then back, then once more', async () => {
    const { page } = visit;
    await page.goto('/api/auth/sign-in');
    await fill(page);
    await page.dblclick('#sign-in');
    await page.waitForSelector('#sign-out');
    await page.goBack();
    await page.goto('/api/auth/sign-in');
    await fill(page);
    await page.click('#sign-in');
    await page.waitForSelector('#sign-out');
    await page.reload();
    await isFine(page);
  });

  it('sign-in: in two tabs that wait for the same client', async () => {
    const [one, other] = [visit.page, await visit.context.newPage()];
    for (const page of [one, other]) {
      await page.goto(world.authorizePath());
      await fill(page);
    }
    await one.click('#sign-in');
    await one.waitForURL(/oauth2\/consent/);
    await other.click('#sign-in');
    await other.waitForURL(/oauth2\/consent/);
    for (const page of [other, one]) {
      await page.click('#allow');
      await page.waitForSelector('#home');
    }
  });

  it('consent: a double click', async () => {
    const { page } = visit;
    await signedIn(page);
    await page.goto(world.authorizePath());
    await page.dblclick('#allow');
    await page.waitForSelector('#home');
    expect(new URL(page.url()).searchParams.get('code')).not.toBeNull();
  });

  it('consent: the session ended in another tab', async () => {
    const [page, other] = [visit.page, await visit.context.newPage()];
    await signedIn(page);
    await page.goto(world.authorizePath());
    await other.goto('/api/auth/account');
    await other.click('#sign-out');
    await page.click('#allow');
    await page.waitForURL(/sign-in/);
    await isFine(page);
    await fill(page);
    await page.click('#sign-in');
    await page.waitForURL(/oauth2\/consent/);
    await page.click('#allow');
    await page.waitForSelector('#home');
  });

  it('consent: back from the client, and allowed again', async () => {
    const { page } = visit;
    await signedIn(page);
    await page.goto(world.authorizePath());
    await page.click('#allow');
    await page.waitForSelector('#home');
    await page.goto(world.authorizePath());
    await page.waitForSelector('#home');
  });

  it('device: a double click, a reload, back and again', async () => {
    const { page } = visit;
    await signedIn(page);
    await page.goto('/device');
    await page.fill('#user-code', await world.userCode());
    await page.dblclick('#continue');
    await page.waitForSelector('#approve');
    await page.dblclick('#approve');
    await page.waitForSelector('#done');
    await isFine(page);
    expect(await page.locator('h1').innerText()).toBe('Device connected');
    await page.reload();
    expect(await page.locator('h1').innerText()).toBe('Device connected');
  });

  it('device: confirmed in two tabs', async () => {
    const [one, other] = [visit.page, await visit.context.newPage()];
    await signedIn(one);
    const code = await world.userCode();
    for (const page of [one, other]) {
      await page.goto(`/device?user_code=${code}`);
      await page.click('#continue');
      await page.waitForSelector('#approve');
    }
    for (const page of [one, other]) {
      await page.click('#approve');
      await page.waitForSelector('#done');
      expect(await page.locator('h1').innerText()).toBe('Device connected');
    }
  });
});
