import type { Page } from '../support/pages.js';
import { Browser } from '../support/browser.js';
import { handleIn } from '../support/authorization.js';
import { createLinkingHost, type LinkingHost } from '../support/linking.js';
import { MARKED, markedTexts, unmarkedWords } from '../support/marked-words.js';
import { AUTHORIZE, authorizeQuery, pkce } from '../support/oauth.js';
import { sendForm, valueOf, visit } from '../support/pages.js';
import { send } from '../support/http.js';

const CLIENT = {
  clientId: 'web',
  name: 'Web',
  redirectUris: ['https://web.example/callback'],
  metadata: { policy_uri: 'https://web.example/privacy', post_logout_redirect_uris: ['https://web.example/bye'] },
  scopes: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'read:data'],
};
const TV = { clientId: 'tv', scopes: ['openid'], grantTypes: ['urn:ietf:params:oauth:grant-type:device_code'] };
const A = '/api/auth';
const PASSWORD = 'correct horse battery staple';
const ANNA = { name: 'Anna', email: 'anna@example.com', password: PASSWORD };

describe('every word that a page of ours shows is a text', () => {
  let linking: LinkingHost;
  let browser: Browser;
  const seen = new Set<string>();

  beforeAll(async () => {
    const auth = {
      pages: { texts: { [MARKED]: markedTexts() }, defaultLanguage: MARKED },
      jwt: true,
      device: true,
      apiKeys: { maxScopes: ['read:data'], maxPermissions: { files: ['read'] } },
      resources: [{ resource: 'https://api.example' }],
      oauthProvider: { clients: [CLIENT, TV], scopes: CLIENT.scopes },
    };
    linking = await createLinkingHost({}, { app: { auth } });
    browser = new Browser();
  });
  afterAll(() => linking.close());

  const checked = (page: Page, status = 200): Page => {
    expect([page.status, page.location]).toEqual([status, null]);
    expect(page.text).toContain(`<html lang="${MARKED}"`);
    expect(unmarkedWords(page.text)).toEqual([]);
    for (const [title] of page.text.matchAll(/<title>[^<]*/g)) seen.add(title);
    return page;
  };
  const shown = async (path: string, status?: number) => checked(await visit(linking.host, browser, path), status);
  const answered = async (path: string, fields: Record<string, string>, status?: number) =>
    checked(await sendForm(linking.host, browser, path, fields), status);
  const sent = (path: string, fields: Record<string, string>) => sendForm(linking.host, browser, path, fields);
  const authorize = async (change: Record<string, string> = {}) => {
    const query = authorizeQuery(CLIENT, { code_challenge: pkce().challenge, ...change });
    return visit(linking.host, browser, `${AUTHORIZE}?${query}`);
  };
  const asPage = ({ location, ...page }: Page) => ({ ...page, location: location ?? undefined, headers: {} });

  it('of sign-in and sign-up, and of their faults', async () => {
    const { location } = await authorize({ scope: 'openid' });
    await shown(location!);
    await shown(`${A}/sign-up`);
    await answered(`${A}/sign-in`, { email: 'nobody@example.com', password: 'wrong' }, 401);
    await answered(`${A}/sign-up`, { ...ANNA, name: ' ' }, 400);
    await answered(`${A}/sign-up`, { ...ANNA, password: 'short' }, 400);
    expect((await sent(`${A}/sign-up`, ANNA)).status).toBe(303);
  });

  it('of consent and the choice of an account', async () => {
    const all = await authorize({
      scope: CLIENT.scopes.join(' '),
      prompt: 'consent',
      claims: '{"userinfo":{"birthdate":null}}',
    });
    await shown(all.location!);
    await shown((await authorize({ prompt: 'select_account' })).location!);
    const resource = await authorize({ prompt: 'consent', resource: 'https://api.example', scope: 'openid read:data' });
    await shown(resource.location!);
    const fields = { consent_code: handleIn(asPage(resource)), accept: 'true' };
    expect((await sent(`${A}/oauth2/consent`, fields)).status).toBe(303);
    await answered(`${A}/oauth2/consent`, fields, 400);
  });

  it('of a device', async () => {
    const codes = async () =>
      (await send(`${linking.host.url}${A}/device/code`, { body: new URLSearchParams({ client_id: 'tv' }) })).body;
    await shown('/device');
    await answered('/device', { user_code: 'WRONG' }, 404);
    for (const action of ['approve', 'deny']) {
      const { user_code } = await codes();
      await answered('/device', { user_code });
      const done = await sent('/device', { user_code, action });
      await shown(done.location!);
    }
  });

  it('of the account and its keys', async () => {
    for (const page of ['', '/sessions', '/applications', '/sign-in-methods', '/api-keys', '/api-keys/new', '/delete'])
      await shown(`${A}/account${page}`);
    for (const done of ['saved', 'passwordChanged', 'withdrawn']) await shown(`${A}/account?done=${done}`);
    const shownTo = valueOf(await shown(`${A}/account`), 'shownTo')!;
    await answered(
      `${A}/account/password`,
      { shownTo, currentPassword: 'wrong', newPassword: 'another horse battery staple' },
      400,
    );
    const form = await shown(`${A}/account/api-keys/new`);
    const hidden = ['shownTo', 'order', 'configuration', 'owner'].map((name) => [name, valueOf(form, name) ?? '']);
    const fields = { ...Object.fromEntries(hidden), name: 'Backup', lifetime: '2592000' };
    const created = await sent(`${A}/account/api-keys/new`, fields);
    checked(created.location === null ? created : await visit(linking.host, browser, created.location));
    const list = await shown(`${A}/account/api-keys`);
    const [key] = /\/account\/api-keys\/key\?[^"]*/.exec(list.text)!;
    await shown(`${A}${key.replaceAll('&amp;', '&')}`);
    await shown(`${A}${key.replace('/key?', '/delete?').replaceAll('&amp;', '&')}`);
  });

  it('of faults', async () => {
    await shown(`${AUTHORIZE}?client_id=nobody`, 400);
    await shown(`${A}/error?error=account_not_linked`, 400);
    await shown(`${A}/oauth2/consent?request=unknown`, 400);
    await shown(`${A}/sign-in?continue=https://evil.example`, 403);
  });

  it('of sign-out', async () => {
    await shown(`${A}/oauth2/end-session?client_id=web`);
    await shown((await sent(`${A}/account/sign-out`, {})).location!);
    await shown(`${A}/oauth2/end-session?client_id=web`);
  });

  it('and the test has seen them', () => {
    expect(seen.size).toBeGreaterThan(20);
  });
});
