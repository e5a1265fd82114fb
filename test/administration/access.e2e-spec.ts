import { createTestApp } from '../support/app.js';
import {
  AREA,
  ageSignIns,
  createAdministeredHost,
  signedIn,
  type AdministeredHost,
} from '../support/administration.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';
import { signUp } from '../support/users.js';

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
/** Every page, with the page that a browser comes back to after it has signed in. */
const PAGES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['?who=admin@example.com', ''],
  ['/users/end-all?user=x', ''],
  ['/clients', '/clients'],
  ['/clients?search=demo', '/clients'],
  ['/clients/new', '/clients'],
  ['/clients/client?id=web', '/clients'],
  ['/registration-tokens', '/registration-tokens'],
  ['/devices', '/devices'],
  ['/signing-keys', '/signing-keys'],
  ['/signing-keys/revoke?kid=x', '/signing-keys'],
];
const FORMS: readonly (readonly [string, Record<string, string>, string])[] = [
  ['/users/end-session', { user: 'x', session: 'y' }, ''],
  ['/users/end-all', { user: 'x' }, ''],
  ['/clients/new', { form: 'a', name: 'Mine', kind: 'device' }, '/clients'],
  ['/clients/rotate', { id: 'web', form: 'b', overlap: '0' }, '/clients'],
  ['/clients/enable', { id: 'web', enabled: 'false' }, '/clients'],
  ['/registration-tokens', { form: 'c', lifetime: '0' }, '/registration-tokens'],
  ['/registration-tokens/revoke', { id: UUID }, '/registration-tokens'],
  ['/devices/refuse', { id: UUID }, '/devices'],
  ['/signing-keys/rotate', {}, '/signing-keys'],
  ['/signing-keys/revoke', { kid: 'x' }, '/signing-keys'],
];
/** What must not be done by whoever finds a browser open. */
const DANGEROUS = FORMS.filter(([path]) => !/end-session|registration-tokens\/revoke|refuse/.test(path));

describe.each(['express', 'fastify'] as const)('administration pages on %s', (adapter) => {
  let host: AdministeredHost;
  let stranger: Browser;
  beforeAll(async () => {
    host = await createAdministeredHost({}, { adapter });
    stranger = await signedIn(host, (await signUp(host.url)).email);
  });
  afterAll(() => host.close());

  /** What may not change. */
  const state = () =>
    host.sql(`SELECT (SELECT count(*) FROM auth_oauth_client) AS clients, (SELECT count(*) FROM auth_session) AS sessions,
      (SELECT count(*) FROM auth_initial_access_token) AS tokens, (SELECT count(*) FROM auth_signing_key) AS keys,
      (SELECT count(*) FROM auth_subject WHERE disabled_at IS NOT NULL) AS disabled`);

  it('303 whoever is not signed in signs in first and comes back to the page', async () => {
    const cameBack = (page: string) => `/api/auth/sign-in?${new URLSearchParams({ continue: `${AREA}${page}` })}`;
    for (const [path, page] of PAGES) {
      const answer = await visit(host, new Browser(), AREA + path);
      expect([path, answer.status, answer.location]).toEqual([path, 303, cameBack(page)]);
    }
    for (const [path, fields, page] of FORMS) {
      const answer = await sendForm(host, new Browser(), AREA + path, fields);
      expect([path, answer.status, answer.location]).toEqual([path, 303, cameBack(page)]);
    }
  });

  it('403 T041 a user sees no page, learns nothing and changes nothing', async () => {
    const before = await state();
    const answers = [
      ...(await Promise.all(PAGES.map(([path]) => visit(host, stranger, AREA + path)))),
      ...(await Promise.all(FORMS.map(([path, fields]) => sendForm(host, stranger, AREA + path, fields)))),
    ];
    for (const answer of answers) {
      expectPage(answer, 403);
      expect(textOf(answer, 'denied')).toMatch(/may not administer/);
      // One page for all: nothing of what there is, not even the navigation.
      expect(answer.text).not.toMatch(
        /admin@example\.com|administration\/signing-keys"|class="sections"|class="cards"/,
      );
      expect(answer.text).toContain('href="/api/auth/account"');
    }
    expect(await state()).toEqual(before);
  });

  it('403 a token of the administrator opens no page: it does not show that they are at this browser', async () => {
    for (const bearer of [host.administrator.token, host.administrator.accessToken])
      expect((await send(host.url + AREA, { bearer })).status).toBe(303);
  });

  it('200 every page with one navigation, for the administrator', async () => {
    for (const [path, page] of PAGES.filter(([one]) => !/=(x|web)/.test(one))) {
      const shown = await visit(host, host.browser, AREA + path);
      expectPage(shown);
      expect(shown.text).toContain(`href="${AREA}${page}"  aria-current="page"`);
      expect(shown.text.match(/aria-current="page"/g)).toHaveLength(1);
    }
  });

  it('403 INVALID_ORIGIN a form of another site does nothing (T006)', async () => {
    const before = await state();
    const forged = new Browser('https://evil.example');
    for (const [name, cookie] of host.browser.cookies) forged.cookies.set(name, cookie);
    for (const [path, fields] of FORMS) expectPage(await sendForm(host, forged, AREA + path, fields), 403);
    expect(await state()).toEqual(before);
  });

  it('400 for forms and queries without what they need, as a page', async () => {
    for (const [path, fields] of FORMS.filter(([, given]) => Object.keys(given).length > 0)) {
      expectPage(await sendForm(host, host.browser, AREA + path, {}), 400);
      const long = Object.fromEntries(Object.keys(fields).map((name) => [name, 'x'.repeat(20_000)]));
      expectPage(await sendForm(host, host.browser, AREA + path, long), 400);
    }
    for (const path of ['/clients/client', '/users/end-all', '/signing-keys/revoke', '/clients?search[]=a&search[]=b'])
      expect([400, 200]).toContain((await visit(host, host.browser, AREA + path)).status);
  });

  it('404 for an id that there is not, as a page', async () => {
    for (const path of ['/clients/client?id=nobody', '/users/end-all?user=nobody', '/signing-keys/revoke?kid=none'])
      expectPage(await visit(host, host.browser, AREA + path), 404);
  });

  it('403 SESSION_NOT_FRESH the dangerous asks for a new sign-in, does nothing, and leads back', async () => {
    await ageSignIns(host);
    const before = await state();
    for (const [path, fields, page] of DANGEROUS) {
      const answer = await sendForm(host, host.browser, AREA + path, fields);
      expectPage(answer, 403);
      expect(textOf(answer, 'error')).toMatch(/Sign in again/);
      expect(answer.text).toContain(encodeURIComponent(`${AREA}${page}`));
    }
    expect(await state()).toEqual(before);
  });

  it('404 without a guard: the administration is off for everybody', async () => {
    const off = await createTestApp({ adapter, databaseUrl: host.databaseUrl, auth: { jwt: true } });
    try {
      for (const browser of [new Browser(), await signedIn(off, host.administrator.email)])
        for (const path of ['', '/signing-keys']) expectPage(await visit(off, browser, AREA + path), 404);
    } finally {
      await off.close();
    }
  });
});
