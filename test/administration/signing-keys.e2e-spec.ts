import { AREA, createAdministeredHost, follow, type AdministeredHost } from '../support/administration.js';
import { send } from '../support/http.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';

const KEYS = `${AREA}/signing-keys`;

describe('administration pages of signing keys', () => {
  let host: AdministeredHost;
  beforeAll(async () => {
    host = await createAdministeredHost();
  });
  afterAll(() => host.close());

  const open = (path: string) => visit(host, host.browser, path);
  const post = (path: string, fields: Record<string, string> = {}) => sendForm(host, host.browser, path, fields);
  const published = async () =>
    (await send<{ keys: { kid: string }[] }>(`${host.url}/api/auth/jwks`)).body.keys.map(({ kid }) => kid);

  it('200 shows each published key with its state', async () => {
    const page = await open(KEYS);
    expectPage(page);
    const kids = await published();
    expect(kids.length).toBeGreaterThan(0);
    for (const kid of kids) expect(page.text).toContain(kid);
    expect(page.text).toContain('<span class="tag">current</span>');
  });

  it('RFC 7517 5 303 rotates: the next key is published, and a second press has no further effect', async () => {
    const before = await published();
    const first = await follow(host, host.browser, await post(`${KEYS}/rotate`));
    expect(textOf(first, 'done')).toBe('New keys have been published.');
    expect(first.text).toContain('<span class="tag">next</span>');
    // Not offered while one is under way; a press on a page that was open still does no harm.
    expect(first.text).not.toContain('id="rotate"');
    const between = await published();
    await follow(host, host.browser, await post(`${KEYS}/rotate`));
    expect(between.length).toBeGreaterThan(before.length);
    expect((await published()).toSorted()).toEqual(between.toSorted());
  });

  it('303 asks first and tells what it ends, then revokes, twice without an error', async () => {
    const { body } = await send(`${host.url}/api/auth/token`, { bearer: host.administrator.token });
    const { kid } = JSON.parse(Buffer.from(body.token.split('.')[0], 'base64url').toString()) as { kid: string };
    const asked = await open(`${KEYS}/revoke?kid=${kid}`);
    expectPage(asked);
    expect(asked.text).toMatch(/Every token that it has signed becomes invalid/);
    expect(await published()).toContain(kid);
    for (let round = 0; round < 2; round++) {
      const page = await follow(host, host.browser, await post(`${KEYS}/revoke`, { kid }));
      expect(textOf(page, 'done')).toBe('The key has been revoked.');
      expect(page.text).not.toContain(kid);
    }
    expect(await published()).not.toContain(kid);
    const next = await send(`${host.url}/api/auth/token`, { bearer: host.administrator.token });
    expect(next.status).toBe(200);
  });
});
