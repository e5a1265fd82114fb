import { createTestApp, type TestApp } from '../support/app.js';
import { answer, answerIn, ask, askedForConsent } from '../support/authorization.js';
import { APP, Navigator, providerOptions, WEB } from '../support/oauth.js';
import {
  clientKey,
  jarClient,
  requestClaims,
  signObject,
  ask as askBy,
  type ClientKey,
} from '../support/request-objects.js';

const THUMBPRINT = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';

describe('RFC 9449 10: the key that a code is bound to', () => {
  let host: TestApp;
  let browser: Navigator;
  let key: ClientKey;

  beforeAll(async () => {
    key = await clientKey('ES256', 'e1');
    const jar = jarClient('jar', { jwks: { keys: [key.publicJwk] } });
    host = await createTestApp({ auth: providerOptions({ clients: [WEB, APP, jar], requestObjects: true }) });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  const bound = async () =>
    (
      await host.sql<{ dpop_jkt: string | null }>(
        'SELECT dpop_jkt FROM auth_authorization_code ORDER BY created_at DESC LIMIT 1',
      )
    )[0]!.dpop_jkt;

  it('RFC 9449 10: dpop_jkt of the request is kept with the code, through the page of consent and without it', async () => {
    const handle = await askedForConsent(browser, WEB, { dpop_jkt: THUMBPRINT });
    expect(answerIn(await answer(browser, handle, true), WEB)).toHaveProperty('code');
    expect(await bound()).toBe(THUMBPRINT);
    expect(answerIn(await ask(browser, WEB), WEB)).toHaveProperty('code');
    expect(await bound()).toBeNull();
    expect(answerIn(await ask(browser, WEB, { dpop_jkt: THUMBPRINT }), WEB)).toHaveProperty('code');
    expect(await bound()).toBe(THUMBPRINT);
  });

  it('RFC 9449 10: inside a request object it counts, and beside one it does not', async () => {
    const object = (claims: object) => signObject(key, requestClaims('jar', { ...claims }));
    const other = 'A'.repeat(43);
    await askBy(browser, 'jar', { request: await object({ dpop_jkt: THUMBPRINT }), dpop_jkt: other });
    expect(await bound()).toBe(THUMBPRINT);
    await askBy(browser, 'jar', { request: await object({}), dpop_jkt: other });
    expect(await bound()).toBeNull();
  });

  it.each([
    ['42 characters', 'A'.repeat(42)],
    ['44 characters', 'A'.repeat(44)],
    ['a plus sign', `${'A'.repeat(42)}+`],
    ['padding', `${'A'.repeat(42)}=`],
    ['a line feed at its end', `${'A'.repeat(43)}\n`],
    ['a JSON text', '{"kty":"EC"}'],
  ])('RFC 9449 10: dpop_jkt of %s is told to the client', async (_name, text) => {
    expect(answerIn(await ask(browser, WEB, { dpop_jkt: text }), WEB)).toMatchObject({ error: 'invalid_request' });
  });

  it('RFC 9449 10: an empty dpop_jkt counts as none, and a repeated one is refused', async () => {
    expect(answerIn(await ask(browser, WEB, { dpop_jkt: '' }), WEB)).toHaveProperty('code');
    const twice = await browser.get(
      `/api/auth/oauth2/authorize?client_id=web&redirect_uri=${encodeURIComponent(WEB.redirectUris![0]!)}&response_type=code&dpop_jkt=${THUMBPRINT}&dpop_jkt=${THUMBPRINT}`,
    );
    expect(answerIn(twice, WEB)).toMatchObject({ error: 'invalid_request' });
  });
});
