import { describeInChromium } from '../support/chromium.js';
import { send } from '../support/http.js';
import { createPageHost, type PageHost } from '../support/page-host.js';
import { visitAs, type Visit } from '../support/page-visit.js';
import { signUp } from '../support/users.js';

const KEYS = '/api/auth/account/api-keys';

describeInChromium('the life of an API key, by its pages and without scripts', (browser) => {
  let host: PageHost;
  let visit: Visit;
  beforeAll(async () => {
    host = await createPageHost();
    visit = await visitAs(browser(), host, await signUp(host.url));
  });
  afterAll(async () => {
    await visit?.context.close();
    await host?.close();
  });
  const use = async (key: string) => (await send(`${host.url}/host/reports`, { headers: { 'x-api-key': key } })).status;
  const noted = () => visit.page.locator('#done').innerText();
  const secret = () => visit.page.locator('#secret').innerText();

  it('made, copied, used, replaced, stopped, started, deleted; no reload and no way back does anything twice', async () => {
    const { page } = visit;
    await page.goto(KEYS);
    await page.click('#new-key');
    await page.fill('#name', 'Nightly export');
    await page.check('input[name="permission"][value="reports:read"]');
    await page.click('#create');
    expect(await noted()).toBe('The key has been created.');

    const first = await secret();
    await page.click('#secret');
    expect(await page.evaluate('String(getSelection())')).toBe(first);
    expect(await use(first)).toBe(200);
    await page.reload();
    expect(await page.locator('#secret').count()).toBe(0);
    await page.goBack();
    await page.goto(KEYS);
    expect(await page.locator('.cards h2').allInnerTexts()).toEqual(['Nightly export']);

    await page.click('.cards h2 a');
    const firstUrl = page.url();
    await page.selectOption('#overlap', '3600');
    await page.click('#rotate');
    expect(await noted()).toBe('The key has been replaced.');
    const second = await secret();
    expect([await use(first), await use(second), second === first]).toEqual([200, 200, false]);
    const secondUrl = new URL(page.url());

    await page.goto(`${secondUrl.pathname}?id=${secondUrl.searchParams.get('id')}`);
    await page.click('#enable');
    expect([await noted(), await use(second)]).toEqual(['The key has been disabled.', 401]);
    await page.reload();
    expect(await use(second)).toBe(401);
    await page.click('#enable');
    expect([await noted(), await use(second)]).toEqual(['The key works again.', 200]);

    await page.click('#delete-key');
    await page.click('#delete');
    expect([await noted(), await use(second)]).toEqual(['The key has been deleted.', 401]);
    await page.reload();
    expect(visit.status()).toBe(200);
    await page.goto(firstUrl);
    expect(visit.status()).toBe(200);
    expect(visit.errors).toEqual([]);
  });
});
