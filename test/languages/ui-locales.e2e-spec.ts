import { TEST_ISSUER, type Adapter, type TestApp } from '../support/app.js';
import { answer, answerIn, handleIn } from '../support/authorization.js';
import { AUTHORIZE, authorizeQuery, Navigator, pkce, type Page } from '../support/oauth.js';
import {
  clientKey,
  jarClient,
  jarHost,
  requestClaims,
  signObject,
  type ClientKey,
} from '../support/request-objects.js';

const SIGN_IN = '/api/auth/sign-in';
const EMAIL = 'anna@example.com';
const PASSWORD = 'correct horse battery';

const languageOf = (page: Page) => {
  const [, lang] = /<html lang="([^"]*)"/.exec(page.text) ?? [];
  return [page.status, lang, page.headers['content-language']];
};
const german = (status = 200) => [status, 'de', 'de'];
const pathOf = (page: Page) => page.location!.replace(TEST_ISSUER, '');

describe.each<Adapter>(['express', 'fastify'])('OIDC Core 3.1.2.1 ui_locales on %s', (adapter) => {
  let host: TestApp;
  let key: ClientKey;
  let browser: Navigator;
  const client = () => ({ ...jarClient('jar', { jwks: { keys: [key.publicJwk] } }), skipConsent: false });

  beforeAll(async () => {
    key = await clientKey('ES256', 'e1');
    host = await jarHost([client()], {}, adapter);
    await new Navigator(host).signUp(EMAIL);
  });
  beforeEach(() => {
    browser = new Navigator(host);
  });
  afterAll(() => host.close());

  const query = (change: Record<string, string | undefined>) =>
    authorizeQuery(client(), { code_challenge: pkce().challenge, prompt: 'consent', ...change });
  const objectWith = (claims: object) => signObject(key, requestClaims('jar', { prompt: 'consent', ...claims }));
  const begin = (change: Record<string, string | undefined>) => browser.get(`${AUTHORIZE}?${query(change)}`);
  const signIn = (continueTo: string, password: string) =>
    browser.post(SIGN_IN, { email: EMAIL, password, continue: continueTo });
  const continuationIn = (page: Page) => new URL(page.location!, TEST_ISSUER).searchParams.get('continue')!;

  it.each<[string, () => Promise<Page>]>([
    ['a query', () => begin({ ui_locales: 'fi de-AT en' })],
    ['a request object', async () => begin({ request: await objectWith({ ui_locales: 'fi de-AT en' }) })],
    [
      'a form of the client, which brings no cookie',
      async () => {
        const form = Object.fromEntries(new URLSearchParams(query({ ui_locales: 'de' })));
        const sent = await browser.post(AUTHORIZE, form, 'https://jar.example');
        return browser.get(pathOf(sent));
      },
    ],
    [
      'a form with a request object',
      async () => {
        const form = { client_id: 'jar', request: await objectWith({ ui_locales: 'de' }) };
        return browser.get(pathOf(await browser.post(AUTHORIZE, form, 'https://jar.example')));
      },
    ],
  ])('of %s holds from the sign-in page to the end', async (_way, start) => {
    const sent = await start();
    expect(languageOf(await browser.get(pathOf(sent)))).toEqual(german());
    const continueTo = continuationIn(sent);
    const refused = await signIn(continueTo, 'wrong');
    expect(languageOf(refused)).toEqual(german(401));
    expect(refused.text).toContain('Die E-Mail-Adresse oder das Passwort ist falsch.');
    const resumed = await browser.get(pathOf(await signIn(continueTo, PASSWORD)));
    const consent = await browser.get(pathOf(resumed));
    expect(languageOf(consent)).toEqual(german());
    expect(consent.text).toContain('bittet um Zugriff auf Ihr Konto.');
    expect(answerIn(await answer(browser, handleIn(resumed), true), client())).toHaveProperty('code');
    expect(languageOf(await answer(browser, handleIn(resumed), true))).toEqual(german(400));
    expect(languageOf(await browser.get('/api/auth/account'))).toEqual(german());
  });

  it('of a user who is signed in: their consent page has it', async () => {
    await browser.post(SIGN_IN, { email: EMAIL, password: PASSWORD });
    const sent = await begin({ ui_locales: 'ar' });
    const page = await browser.get(pathOf(sent));
    expect(page.text).toContain('<html lang="ar" dir="rtl">');
    const chosen = await begin({ ui_locales: 'ja', prompt: 'select_account' });
    expect(languageOf(await browser.get(pathOf(chosen)))).toEqual([200, 'ja', 'ja']);
  });

  it('a choice on the page holds from there on, also on a page that answers a form', async () => {
    const sent = await begin({ ui_locales: 'de' });
    const refused = await signIn(continuationIn(sent), 'wrong');
    expect(languageOf(refused)).toEqual([401, 'en', 'en']);
    expect(languageOf(await browser.get(pathOf(sent)))).toEqual(german());
    const again = await signIn(continuationIn(sent), 'wrong');
    const [, href] = /<a href="([^"]*)" lang="es"/.exec(again.text)!;
    const spanish = href!.replaceAll('&amp;', '&');
    expect(spanish).toMatch(/^\/api\/auth\/sign-in\?/);
    expect(languageOf(await browser.get(spanish))).toEqual([200, 'es', 'es']);
    const resumed = await browser.get(pathOf(await signIn(continuationIn(sent), PASSWORD)));
    expect(languageOf(await browser.get(pathOf(resumed)))).toEqual([200, 'es', 'es']);
  });

  it('RFC 9101 6.3: that beside a request object has no effect', async () => {
    const sent = await begin({ ui_locales: 'de', request: await objectWith({}) });
    expect(pathOf(sent)).not.toContain('ui_locales');
    expect(languageOf(await browser.get(pathOf(sent)))).toEqual([200, 'en', 'en']);
  });

  it('the page of a client that is not proven has it', async () => {
    const page = await browser.get(`${AUTHORIZE}?client_id=nobody&ui_locales=fr`);
    expect(languageOf(page)).toEqual([400, 'fr', 'fr']);
    expect(page.text).toContain('Une erreur s’est produite');
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x>',
    '../../de',
    '__proto__',
    'constructor',
    'de\r\nX-Evil: 1',
    '*',
  ])('T008 %j is neither kept nor shown, and is no error', async (hostile) => {
    const sent = await begin({ ui_locales: `${hostile} pt` });
    expect(new URL(sent.location!, TEST_ISSUER).searchParams.get('ui_locales')).toMatch(/^(constructor )?pt$/);
    const page = await browser.get(pathOf(sent));
    expect(languageOf(page)).toEqual([200, 'pt', 'pt']);
    expect(page.text).not.toContain(hostile.slice(0, 8) === '../../de' ? '../../de' : '<img src=x');
    expect(page.headers).not.toHaveProperty('x-evil');
  });

  it('T008 a language under another name or of another kind is none', async () => {
    expect(languageOf(await browser.get(`${SIGN_IN}?ui_locales[]=de&UI_LOCALES=de`))).toEqual([200, 'en', 'en']);
    expect(languageOf(await browser.get(`${SIGN_IN}?ui_locales[__proto__]=de`))).toEqual([400, 'en', 'en']);
  });
});
