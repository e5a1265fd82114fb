import type { ProviderClaims } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT } from '../support/identity-provider.js';
import { json, startUpstream, type Upstream } from '../support/provider-upstream.js';
import { get, locationOf, post } from '../support/travel.js';

const ERROR = `${TEST_ISSUER}/api/auth/error?error=`;

/** What hosts write: the types of claims are nobody's promise. */
const mapProfile = (claims: ProviderClaims) => ({
  subject: claims['uid'] as string,
  email: claims['mail'] as string,
  emailVerified: claims['checked'] as boolean,
  name: claims['who'] as string,
  image: claims['face'] as string,
});

describe('T113 T115 what mapProfile makes of odd claims', () => {
  let host: TestApp;
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
    const { origin } = upstream;
    const addresses = {
      authorizationUrl: `${origin}/authorize`,
      tokenUrl: `${origin}/token`,
      userInfoUrl: `${origin}/me`,
    };
    host = await createTestApp({
      auth: {
        allowPrivateNetwork: true,
        accountLinking: { providers: [{ providerId: 'mapped', ...addresses, ...CLIENT, mapProfile }] },
      },
    });
    upstream.on('/token', (_request, response) => json(response, { access_token: 'at', token_type: 'bearer' }));
  });
  afterAll(async () => {
    await host.close();
    await upstream.close();
  });

  let count = 0;
  async function signIn(change: Record<string, unknown>) {
    const claims = { uid: `uid-${++count}`, mail: `mapped-${count}@example.com`, checked: true, who: 'Ada', ...change };
    upstream.on('/me', (_request, response) => json(response, claims));
    const browser = new Browser();
    const begun = await post(host, browser, 'sign-in/social', { provider: 'mapped', callbackURL: '/home' });
    const state = new URL(begun.body.url).searchParams.get('state')!;
    const query = new URLSearchParams({ code: 'good', state });
    const arrived = await browser.fetch(`${host.url}/api/auth/callback/mapped?${query}`);
    const session = (await get(host, browser, 'get-session')).body;
    return { status: arrived.status, location: locationOf(arrived), user: session?.user ?? null };
  }

  it('good ones sign in', async () => {
    const { location, user } = await signIn({ uid: 7, face: 'https://example.com/ada.png' });
    expect([location, user.emailVerified, user.image]).toEqual(['/home', true, 'https://example.com/ada.png']);
  });

  it.each([[5], [true], [['a@example.com']], [{}], [null], ['a\u0000@example.com']])(
    'T114 an address that is none is no address, and no fault of ours: %j',
    async (mail) => {
      expect(await signIn({ mail })).toEqual({ status: 302, location: `${ERROR}email_not_found`, user: null });
    },
  );

  it.each([['false'], ['no'], [0], [1], [{}], [[]]])('T112 only true is verified: %j', async (checked) => {
    const { location, user } = await signIn({ checked });
    expect([location, user.emailVerified]).toEqual(['/home', false]);
  });

  it.each([[{}], [[]], [''], [' '], [null], [1.5], ['a\u0000b'], ['x'.repeat(256)]])(
    'T113 an id that is none is nobody: %j',
    async (uid) => {
      const location = `${ERROR}unable_to_get_user_info`;
      expect(await signIn({ uid })).toEqual({ status: 302, location, user: null });
    },
  );

  it.each([[5], [{}], [['x']], ['a\u0000b']])('a name and an image that are none are left out: %j', async (odd) => {
    const { location, user } = await signIn({ who: odd, face: odd });
    expect([location, user.name, user.image]).toEqual(['/home', `mapped-${count}`, null]);
  });
});
