import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT } from '../support/identity-provider.js';
import { locationOf, post } from '../support/travel.js';
import { json, startUpstream, type Upstream } from '../support/provider-upstream.js';

const WORDS = 'You are not assigned to this application (AADSTS50105).';

describe('F31 what went wrong at the provider reaches the app (RFC 6749 4.1.2.1)', () => {
  let host: TestApp;
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
    const { origin } = upstream;
    host = await createTestApp({
      auth: {
        allowPrivateNetwork: true,
        accountLinking: {
          providers: [
            {
              providerId: 'plain',
              authorizationUrl: `${origin}/authorize`,
              tokenUrl: `${origin}/token`,
              userInfoUrl: `${origin}/userinfo`,
              ...CLIENT,
            },
          ],
        },
      },
    });
    upstream.on('/token', (_, response) => json(response, { access_token: 'at', token_type: 'bearer' }));
    upstream.on('/userinfo', (_, response) => json(response, { id: 1, email: 'one@example.com' }));
  });
  afterAll(async () => {
    await host.close();
    await upstream.close();
  });

  const begin = async (browser: Browser, errorCallbackURL?: string) => {
    const wish = { provider: 'plain', callbackURL: '/home', ...(errorCallbackURL && { errorCallbackURL }) };
    const { body } = await post(host, browser, 'sign-in/social', wish);
    return new URL(body.url).searchParams.get('state')!;
  };
  const arrive = async (browser: Browser, query: Record<string, string>, route = 'callback') => {
    const answer = await browser.fetch(`${host.url}/api/auth/${route}/plain?${new URLSearchParams(query)}`);
    return new URL(locationOf(answer)!, TEST_ISSUER);
  };
  const pageAt = async ({ pathname, search }: URL) => (await fetch(`${host.url}${pathname}${search}`)).text();

  it('F31 error_description is handed on with error', async () => {
    const browser = new Browser();
    const state = await begin(browser, '/oops?from=test');
    const end = await arrive(browser, { state, error: 'access_denied', error_description: WORDS });
    expect(end.pathname).toBe('/oops');
    expect(Object.fromEntries(end.searchParams)).toEqual({
      from: 'test',
      error: 'access_denied',
      error_description: WORDS,
    });
  });

  it.each<[string, string, string | null]>([
    ['controls and line ends', 'a\r\nb\u0085\tc', 'a b c'],
    ['what turns or hides text', '\u202Ea\u200Bb\u3164', 'a b'],
    ['spaces alone', ' \u00A0 ', null],
    ['300 characters', '\u{1F600}'.repeat(300), '\u{1F600}'.repeat(256)],
    ['markup and quotes', '<b>"x\\</b>', 'b x /b'],
  ])('F31 %s', async (_, given, expected) => {
    const browser = new Browser();
    const state = await begin(browser, '/oops');
    const end = await arrive(browser, { state, error: 'access_denied', error_description: given });
    expect(end.searchParams.get('error_description')).toBe(expected);
  });

  it('F31 our own page shows the words as those of the other site, and only when it was we who sent them', async () => {
    const browser = new Browser();
    const words = 'Call <i>555</i> & pay';
    const end = await arrive(browser, {
      state: await begin(browser),
      error: 'access_denied',
      error_description: words,
    });
    expect([end.pathname, end.searchParams.get('error_description')]).toEqual([
      '/api/auth/error',
      'Call i 555 /i & pay',
    ]);
    const page = await pageAt(end);
    expect(page).toContain('The provider says: “<bdi>Call i 555 /i &amp; pay</bdi>”');
    for (const [name, value] of [
      ['error_description', 'Call 666'],
      ['error', 'other_code'],
      ['proof', 'x'],
    ] as const) {
      const forged = new URL(end);
      forged.searchParams.set(name, value);
      // Links to other languages keep the query, encoded.
      expect((await pageAt(forged)).replaceAll(/ href="[^"]*"/g, '')).not.toMatch(/555|666|provider says/i);
    }
  });

  it('F31 words without an error are none', async () => {
    const browser = new Browser();
    const end = await arrive(browser, { state: await begin(browser, '/oops'), error_description: WORDS });
    expect(end.search).toBe('?error=no_code');
  });

  it.each(['callback', 'oauth2/callback'])(
    'F31 a state that is spent still ends at its errorCallbackURL (%s)',
    async (route) => {
      const browser = new Browser();
      const state = await begin(browser, '/oops');
      expect((await arrive(browser, { state, code: 'good' })).pathname).toBe('/home');
      for (let again = 0; again < 2; again++)
        expect((await arrive(browser, { state, code: 'good' }, route)).href).toBe(
          `${TEST_ISSUER}/oops?error=state_mismatch`,
        );
    },
  );

  it('F31 a state that is expired too, also when its cookie has gone with it', async () => {
    const state = await begin(new Browser(), '/oops');
    await host.sql(`UPDATE auth_link_state SET expires_at = now() - interval '1 second'`);
    const end = await arrive(new Browser(), { state, code: 'good' });
    expect(end.href).toBe(`${TEST_ISSUER}/oops?error=state_mismatch`);
  });

  it('F31 what is spent is good for nothing else: no secrets are kept, and one of two at once wins', async () => {
    const browser = new Browser();
    const state = await begin(browser, '/oops');
    const ends = await Promise.all([1, 2, 3].map(() => arrive(browser, { state, code: 'good' })));
    expect(ends.map(({ pathname }) => pathname).toSorted()).toEqual(['/home', '/oops', '/oops']);
    const kept = `SELECT octet_length(secrets) AS size FROM auth_link_state WHERE expires_at = 'epoch'`;
    expect(new Set((await host.sql<{ size: number }>(kept)).map(({ size }) => size))).toEqual(new Set([0]));
  });

  it('F31 a state that nobody knows ends on our page', async () => {
    const end = await arrive(new Browser(), { state: 'unknown', code: 'good' });
    expect(end.href).toBe(`${TEST_ISSUER}/api/auth/error?error=state_mismatch`);
  });
});
