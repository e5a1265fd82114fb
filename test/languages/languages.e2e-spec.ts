import { TEST_ISSUER, createTestApp, type Adapter, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { endSession, logoutClient } from '../support/logout.js';
import { sendForm, visit, type Page } from '../support/pages.js';
import { signUp, type SignedInUser } from '../support/users.js';

const SHIPPED = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'];
const SIGN_IN = '/api/auth/sign-in';
const OWN = {
  nl: { 'signIn.title': 'Inloggen', 'keys.requests': { one: '{count} verzoek', other: '{count} verzoeken' } },
  de: { 'signIn.title': 'Willkommen' },
} as const;

it.each<[object, RegExp]>([
  [{ pages: { texts: { en: { 'consent.asks': 'An application asks.' } } } }, /^pages\.texts\.en\['consent\.asks'\]: /],
  [{ pages: { defaultLanguage: 'nl' } }, /^pages\.defaultLanguage: /],
  [{ jwt: true, oauthProvider: { scopes: { read: { title: '' } } } }, /^oauthProvider\.scopes\['read'\]\.title: /],
])('F22 %j stops the boot', async (auth, message) => {
  await expect(createTestApp({ auth })).rejects.toThrow(message);
});

const languageOf = ({ text }: { text: string }) => /<html lang="([^"]*)" dir="([^"]*)"/.exec(text)?.slice(1).join(' ');
const headingOf = ({ text }: { text: string }) => /<h1>(.*?)<\/h1>/.exec(text)![1];

describe.each<Adapter>(['express', 'fastify'])('the languages of pages on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  let browser: Browser;
  beforeAll(async () => {
    const footer = { en: 'A company', nl: 'Een bedrijf' };
    const auth = {
      pages: { texts: OWN, footer },
      device: true,
      jwt: true,
      oauthProvider: { clients: [logoutClient('shop')] },
    };
    host = await createTestApp({ adapter, auth });
    user = await signUp(host.url);
  });
  beforeEach(() => {
    browser = new Browser();
  });
  afterAll(() => host.close());

  const shown = (path: string): Promise<Page> => visit(host, browser, path);

  it('Discovery 3 ui_locales_supported are those that there are, the host\u2019s too', async () => {
    const { body } = await send(`${host.url}/.well-known/openid-configuration`);
    expect(body.ui_locales_supported).toEqual([...SHIPPED, 'nl']);
    for (const language of body.ui_locales_supported as string[])
      expect(languageOf(await shown(`${SIGN_IN}?ui_locales=${language}`))).toBe(
        `${language} ${language === 'ar' ? 'rtl' : 'ltr'}`,
      );
  });

  it('a language of the host has its texts, and English for the others, marked as such (WCAG 3.1.2)', async () => {
    const page = await shown(`${SIGN_IN}?ui_locales=nl`);
    expect(headingOf(page)).toBe('Inloggen');
    expect(page.text).toContain('<span lang="en" dir="ltr">Password</span>');
    expect(page.text).toContain('<p>Een bedrijf</p>');
    expect(page.headers.get('content-language')).toBe('nl');
  });

  it('a text of the host replaces ours in its language alone', async () => {
    const page = await shown(`${SIGN_IN}?ui_locales=de`);
    expect(headingOf(page)).toBe('Willkommen');
    expect(page.text).toContain('>Passwort<');
    expect(page.text).toContain('<p><span lang="en" dir="ltr">A company</span></p>');
    expect(headingOf(await shown(`${SIGN_IN}?ui_locales=en`))).toBe('Sign in');
  });

  it('RFC 9110 12.5.4 Accept-Language says which, where nothing else does', async () => {
    const accepting = async (languages: string, path = SIGN_IN) =>
      languageOf(await send(host.url + path, { headers: { accept: 'text/html', 'accept-language': languages } }));
    expect(await accepting('fi, zh-Hans-CN;q=0.9, de;q=0.8')).toBe('zh ltr');
    expect(await accepting('pt-PT')).toBe('pt ltr');
    expect(await accepting('fi')).toBe('en ltr');
    expect(await accepting('de', `${SIGN_IN}?ui_locales=fr`)).toBe('fr ltr');
  });

  it('RFC 8628 3.3 the pages of verification_uri keep theirs, through sign-in', async () => {
    expect(languageOf(await shown('/device?ui_locales=ja'))).toBe('ja ltr');
    const sentOn = await sendForm(host, browser, '/device', { user_code: 'WDJB-MJHT' });
    expect(languageOf(await shown(sentOn.location!))).toBe('ja ltr');
  });

  it('RP-Initiated Logout 2 ui_locales is that of the question and of the pages after it', async () => {
    const parameters = { client_id: 'shop', ui_locales: 'es-MX en' };
    const asked = await endSession(host, parameters, user.cookie);
    expect(headingOf(asked)).toBe('¿Cerrar sesión?');
    const form = await send(`${host.url}/api/auth/oauth2/end-session`, {
      headers: { origin: 'https://shop.example', accept: 'text/html' },
      body: new URLSearchParams(parameters),
    });
    const location = new URL(form.headers.get('location')!, `${TEST_ISSUER}/api/auth/oauth2/`);
    expect(location.searchParams.get('ui_locales')).toBe('es-MX en');
  });

  it.each(['<script>', '__proto__', 'constructor', 'fr', 'x'.repeat(3_000)])(
    'T008 %s in the cookie is no language',
    async (tag) => {
      await shown(`${SIGN_IN}?ui_locales=de`);
      const [name, { value }] = [...browser.cookies].find(([one]) => one.endsWith('.language'))!;
      const accepting = (cookie: string) =>
        send(host.url + SIGN_IN, {
          headers: { accept: 'text/html', cookie: `${name}=${cookie}`, 'accept-language': 'es' },
        });
      expect(languageOf(await accepting(value))).toBe('de ltr');
      expect(languageOf(await accepting(value.replace(/^de/, encodeURIComponent(tag))))).toBe('es ltr');
    },
  );
});
