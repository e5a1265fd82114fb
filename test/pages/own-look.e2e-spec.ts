import { describeInChromium } from '../support/chromium.js';
import { axeFindings, outsideOf } from '../support/page-checks.js';
import { createPageHost, type PageHost } from '../support/page-host.js';
import { visitAs, type Visit } from '../support/page-visit.js';

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="90" height="30"/></svg>';

describeInChromium("a host's own look", (browser) => {
  let host: PageHost;
  let visit: Visit;
  beforeAll(async () => {
    host = await createPageHost({
      pages: {
        name: 'Films & Söhne <GmbH>',
        logo: '/logo.svg',
        accent: '#ffd400',
        links: [{ text: { en: 'Imprint', de: 'Impressum' }, href: '/imprint' }],
        footer: 'Est. 1923',
        supportUrl: '/help',
        variables: { '--radius': '0', '--font': 'Georgia, serif' },
        texts: { en: { 'signIn.title': 'Welcome back' } },
      },
    });
    visit = await visitAs(browser(), host);
    await visit.context.route('**/logo.svg', (route) => route.fulfill({ contentType: 'image/svg+xml', body: LOGO }));
    await visit.page.goto('/api/auth/sign-in');
  });
  afterAll(async () => {
    await visit?.context.close();
    await host?.close();
  });
  const styleOf = (selector: string, property: string) =>
    visit.page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).${property}`);

  it('its name and logo are at the top, and the name in the title', async () => {
    const { page, errors } = visit;
    expect(await page.locator('.brand').innerText()).toBe('Films & Söhne <GmbH>');
    expect(await page.evaluate("document.querySelector('.brand img').naturalWidth")).toBe(90);
    expect(await page.title()).toContain('Films & Söhne <GmbH>');
    expect(errors).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    '1.4.3 a yellow accent can be read in %s: on buttons, and as links',
    async (colorScheme) => {
      await visit.page.emulateMedia({ colorScheme });
      expect(await styleOf('#sign-in', 'backgroundColor')).toBe('rgb(255, 212, 0)');
      expect(await styleOf('#sign-in', 'color')).toBe('rgb(0, 0, 0)');
      expect(await axeFindings(visit, ['color-contrast'])).toEqual([]);
    },
  );

  it('its variables hold', async () => {
    expect(await styleOf('main', 'borderTopLeftRadius')).toBe('0px');
    expect(await styleOf('body', 'fontFamily')).toBe('Georgia, serif');
  });

  it('its texts, links, footer and help', async () => {
    const { page } = visit;
    expect(await page.locator('h1').innerText()).toBe('Welcome back');
    const links = page.locator('footer .links a');
    expect(await links.allInnerTexts()).toEqual(['Imprint', 'Help']);
    expect(await page.locator('footer > p').innerText()).toBe('Est. 1923');
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await outsideOf(visit)).toEqual([]);
  });
});
