import { createAdministeredHost, signedIn, type AdministeredHost } from '../support/administration.js';
import { Browser } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectPage, sendForm, textOf, visit, type Page } from '../support/pages.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { TEST_PASSWORD } from '../support/users.js';

const BASE = '/api/auth';
const AUTHORIZE = `${BASE}/oauth2/authorize?${new URLSearchParams({
  client_id: 'web',
  response_type: 'code',
  redirect_uri: 'https://web.example/callback',
  scope: 'openid',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
})}`;
/** Pages that need the database. */
const PAGES = [
  `${BASE}/account`,
  `${BASE}/account/sessions`,
  `${BASE}/account/applications`,
  `${BASE}/account/sign-in-methods`,
  `${BASE}/account/api-keys`,
  `${BASE}/account/api-keys/new`,
  `${BASE}/account/delete`,
  `${BASE}/administration`,
  `${BASE}/administration/clients?search=films&page=2`,
  `${BASE}/administration/registration-tokens`,
  `${BASE}/administration/devices`,
  `${BASE}/administration/signing-keys`,
  AUTHORIZE,
];
const FORMS: readonly (readonly [string, string, Record<string, string>])[] = [
  [`${BASE}/sign-in?continue=/home`, `${BASE}/sign-in`, { email: 'admin@example.com', password: TEST_PASSWORD }],
  [`${BASE}/sign-up`, `${BASE}/sign-up`, { name: 'New', email: 'new@example.com', password: TEST_PASSWORD }],
  [`${BASE}/account`, `${BASE}/account/profile`, { name: 'New name' }],
  [
    `${BASE}/account/api-keys/new`,
    `${BASE}/account/api-keys/new`,
    { order: 'a'.repeat(43), name: 'Key', lifetime: '2592000' },
  ],
  ['/device', '/device', { user_code: 'BCDF-GHJK' }],
  [`${BASE}/administration/signing-keys`, `${BASE}/administration/signing-keys/rotate`, {}],
];

describe.each(['express', 'fastify'] as const)('T117 pages while the database is away, on %s', (adapter) => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let host: AdministeredHost;
  let browser: Browser;
  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await startTcpProxy(database.url);
    const auth = { rateLimits: true, apiKeys: {}, accountLinking: { providers: [] } };
    host = await createAdministeredHost(auth, { adapter, databaseUrl: proxy.url });
    browser = await signedIn(host, host.administrator.email);
  });
  afterAll(async () => {
    await proxy.set('open');
    await host.close();
    await proxy.close();
    await database.drop();
  });

  /** @param again where its reader may try again */
  function expectAway(page: Page, again: string): void {
    expectPage(page, 503);
    expect(page.text).toContain('<h1>We will be right back</h1>');
    expect(textOf(page, 'error')).toMatch(/Try again in a moment/);
    expect(page.text).toContain(`id="again" href="${again.replaceAll('&', '&amp;')}"`);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(page.text).not.toMatch(/ECONN|terminat|\bat \w+ \(|node_modules/i);
  }

  it('503 each page says so and leads back to itself; each form leads to its page; then all of it works again', async () => {
    for (const path of PAGES) expect([200, 302, 303]).toContain((await visit(host, browser, path)).status);
    const consent = (await visit(host, browser, AUTHORIZE)).location!;
    const handle = new URL(consent, host.url).searchParams.get('request')!;
    expectPage(await visit(host, browser, consent));
    await proxy.set('refusing');
    proxy.dropAll();
    for (const path of [...PAGES, consent]) {
      const { pathname, search } = new URL(path, host.url);
      expectAway(await visit(host, browser, path), `./${pathname.split('/').at(-1)}${search}`);
    }
    const answer = [consent, `${BASE}/oauth2/consent`, { consent_code: handle, accept: 'true' }] as const;
    for (const [page, action, fields] of [...FORMS, answer]) {
      const headers = { referer: `http://localhost:3000${page}` };
      expectAway(await sendForm(host, browser, action, fields, headers), page);
    }
    await proxy.set('open');
    await until('the pages are back', async () => (await visit(host, browser, `${BASE}/account`)).status === 200);
    await until('all of them', async () => {
      const pages = await Promise.all(PAGES.map((path) => visit(host, browser, path)));
      return pages.every(({ status }) => status < 400);
    });
    const { location } = await sendForm(host, browser, `${BASE}/oauth2/consent`, {
      consent_code: handle,
      accept: 'true',
    });
    expect(location).toMatch(/^https:\/\/web\.example\/callback\?code=/);
  });

  it('503 without a page to go back to, or with one elsewhere, leads nowhere else', async () => {
    await proxy.set('refusing');
    proxy.dropAll();
    const post = (headers: Record<string, string>) =>
      sendForm(host, browser, '/device', { user_code: 'BCDF-GHJK' }, headers);
    for (const referer of ['javascript:alert(1)', 'https://evil.example//evil.example/x', 'nonsense']) {
      const page = await post({ referer });
      expectPage(page, 503);
      expect([textOf(page, 'again'), /evil\.|javascript/.test(page.text)]).toEqual([null, false]);
    }
    expect(textOf(await post({}), 'again')).toBeNull();
    await proxy.set('open');
  });
});
