import { answer, expectErrorPage, handleIn } from '../support/authorization.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { administer, register } from '../support/clients.js';
import { DOCUMENT, startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { allow, begin, createReadingHost, documentClient, inPath } from '../support/document-clients.js';
import { send } from '../support/http.js';
import { Navigator } from '../support/oauth.js';

const words = (text: string) => text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe('what people see of a client that publishes its metadata', () => {
  let host: TestApp;
  let site: DocumentHost;
  let port: string;
  beforeAll(async () => {
    site = await startDocumentHost();
    host = await createReadingHost({}, { dynamicRegistration: 'open' }, { device: true });
    ({ port } = new URL(site.at('/')));
  });
  afterAll(async () => {
    await host.close();
    await site.close();
  });

  it('H13 CIMD 8.5 T167: consent shows the host first, the name second, that nobody has verified it, and where the answer goes', async () => {
    const id = site.put('/bank.json', {
      client_name: 'Your Bank',
      client_uri: 'https://bank.example',
      redirect_uris: ['https://elsewhere.example/callback'],
    });
    const { page, browser } = await begin(host, documentClient(id, 'https://elsewhere.example/callback'));
    const { text } = await browser.get(page.location!);
    const body = words(text.slice(text.indexOf('<body')));
    const [first, second, third] = [`client.localhost:${port}`, 'Your Bank', 'elsewhere.example'].map((one) =>
      body.indexOf(one),
    );
    expect(first).toBeGreaterThan(-1);
    expect([second! > first!, third! > second!]).toEqual([true, true]);
    expect(text).toContain('id="unverified"');
    expect(body).toContain('has not been verified');
    expect(text).not.toContain('id="only-here"');
    expect(/<title>([^<]*)/.exec(text)![1]).toContain(`client.localhost:${port}`);
  });

  it('H14 CIMD 8.8 T167: no logo is shown, fetched or kept', async () => {
    const logo = site.at('/logo.png');
    const id = site.put('/logo.json', { ...DOCUMENT, logo_uri: logo });
    const { page, browser } = await begin(host, documentClient(id));
    expect((await browser.get(page.location!)).text).not.toContain('logo.png');
    await allow(browser, page);
    expect((await browser.get('/api/auth/account/applications')).text).not.toContain('logo.png');
    expect((await administer(host, 'GET', `oauth-clients/${inPath(id)}`)).text).not.toContain('logo.png');
    expect(site.seen).not.toContain('/logo.png');
  });

  it('H13 MCP T167: in every language, an extra warning where all redirects lead to this computer', async () => {
    const redirects = ['http://localhost/cb', 'http://127.0.0.1/cb'];
    const id = site.put('/cli.json', { client_name: 'Tool', redirect_uris: redirects });
    const warnings = new Set<string>();
    for (const language of ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar']) {
      const change = { ui_locales: language };
      const { page, browser } = await begin(host, documentClient(id, 'http://localhost:4711/cb'), change);
      const shown = (await browser.get(page.location!)).text;
      expect(shown).toContain(`<html lang="${language}"`);
      warnings.add(/id="only-here">([^<]{20,})</.exec(shown)![1]!);
    }
    expect(warnings.size).toBe(8);
    const mixed = site.put('/mixed.json', {
      client_name: 'Tool',
      redirect_uris: [redirects[0], 'https://app.example/cb'],
    });
    const other = await begin(host, documentClient(mixed, 'http://localhost:4711/cb'));
    expect((await other.browser.get(other.page.location!)).text).not.toContain('id="only-here"');
  });

  it('T167 a name cannot take the place of the host', async () => {
    const name = 'accounts.google.com"><script>alert(1)</script>';
    const id = site.put('/name.json', { ...DOCUMENT, client_name: name });
    const { page, browser } = await begin(host, documentClient(id));
    const { text } = await browser.get(page.location!);
    expect(text).not.toContain('<script>alert');
    const card = text.slice(text.indexOf('class="client"'));
    expect(card.indexOf(`<strong><bdi>client.localhost:${port}</bdi></strong>`)).toBeGreaterThan(-1);
    expect(card).not.toContain('<strong><bdi>accounts.google.com');
  });

  it('H13 the sign-in page shows the same', async () => {
    const id = site.put('/sign-in.json');
    const { page, browser } = await begin(host, documentClient(id), {}, new Navigator(host));
    const { text } = await browser.get(page.location!.replace(/^https?:\/\/[^/]+/, ''));
    expect(text).toContain(`<strong><bdi>client.localhost:${port}</bdi></strong> (<bdi>Example Client</bdi>)`);
    expect(text).toContain('id="unverified"');
  });

  it('H17 connected applications show the address, and that all installations share the access; it can be taken back', async () => {
    const id = site.put('/shared.json');
    const { page, browser } = await begin(host, documentClient(id));
    await allow(browser, page);
    const { text } = await browser.get('/api/auth/account/applications');
    expect(text).toContain(`<code>${id}</code>`);
    expect(text).toContain('Every installation of this application shares this access.');
    expect(text).toContain(`name="client" value="${id}"`);
    const withdrawn = await send(`${host.url}/api/auth/oauth2/applications/${inPath(id)}`, {
      method: 'DELETE',
      headers: { cookie: browser.cookie, origin: TEST_ISSUER },
    });
    expect(withdrawn.body).toEqual({ success: true, withdrawn: true });
  });

  it('H17 a document that is gone is still named by its host', async () => {
    const id = site.put('/gone.json');
    const { page, browser } = await begin(host, documentClient(id));
    await allow(browser, page);
    await administer(host, 'POST', `oauth-clients/${inPath(id)}/disable`, {});
    expect((await browser.get('/api/auth/account/applications')).text).toContain(
      `<strong><bdi>client.localhost:${port}</bdi></strong>`,
    );
  });

  it('L7 RFC 9700 4.11.2 T170: before the sign-in an error is a page with a link, with prompt=none it is answered', async () => {
    const id = site.put('/evil.json', { client_name: 'Your bank', redirect_uris: ['https://evil.example/landing'] });
    const client = documentClient(id, 'https://evil.example/landing');
    const { page } = await begin(host, client, { scope: 'bogus' }, new Navigator(host));
    expectErrorPage(page);
    expect(page.text).toMatch(
      /<a id="continue" class="button plain" href="https:\/\/evil\.example\/landing\?error=invalid_scope/,
    );
    const silent = await begin(host, client, { prompt: 'none' }, new Navigator(host));
    expect(new URL(silent.page.location!).searchParams.get('error')).toBe('login_required');
    const known = await begin(host, client, { scope: 'bogus' });
    expect(new URL(known.page.location!).searchParams.get('error')).toBe('invalid_scope');
  });

  it('administration lists it with its origin, disables it at once, and cannot rewrite it', async () => {
    const id = site.put('/listed.json');
    const { page, browser } = await begin(host, documentClient(id));
    const path = `oauth-clients/${inPath(id)}`;
    const { body } = await administer(host, 'GET', `oauth-clients?search=${encodeURIComponent(id)}`);
    expect(body.clients).toMatchObject([{ client_id: id, registeredBy: 'document' }]);
    const changed = await administer(host, 'PATCH', path, { metadata: { client_name: 'Ours' } });
    expect([changed.status, changed.body.code]).toEqual([400, 'CLIENT_OF_DOCUMENT']);
    expect((await administer(host, 'POST', `${path}/disable`, {})).status).toBe(200);
    expectErrorPage(await answer(browser, handleIn(page), true));
    expectErrorPage((await begin(host, documentClient(id))).page);
    expect((await administer(host, 'POST', `${path}/enable`, {})).status).toBe(200);
    expect((await begin(host, documentClient(id))).page.location).toContain('/oauth2/consent?');
    // Deleted, it is as new.
    expect((await administer(host, 'DELETE', path)).status).toBe(200);
    expect(await host.sql('SELECT FROM auth_client_document WHERE client_id = $1', [id])).toHaveLength(0);
    expect((await begin(host, documentClient(id))).page.location).toContain('/oauth2/consent?');
  });

  it('H15 clients that register get ids of ours, which are no addresses', async () => {
    const made = await register(host, { ...DOCUMENT, client_id: site.at('/listed.json') });
    expect([made.status, made.body.client_id]).toEqual([201, expect.stringMatching(/^[0-9A-Za-z]{32}$/)]);
  });
});
