import type { OAuthProviderOptions, StaticClientOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { answerIn, ask } from '../support/authorization.js';
import { createDeviceHost, DEVICE_GRANT } from '../support/device.js';
import { send } from '../support/http.js';
import { AUTHORIZE, authorizeQuery, Navigator, obtainCode, pkce, providerOptions, WEB } from '../support/oauth.js';
import { signUp } from '../support/users.js';

const native = (clientId: string, ...redirectUris: string[]): StaticClientOptions => ({ clientId, redirectUris });
const LOOPBACK = native('loopback', 'http://127.0.0.1/cb');
const CLAIMED = native('claimed', 'https://app.example/cb');
const SCHEME = native('scheme', 'com.example.app:/cb');
const BOTH = native('both', 'https://both.example/cb', 'http://127.0.0.1/cb');
const TRUSTED = { ...native('trusted', 'com.example.trusted:/cb'), rememberConsent: true };
const FORGETFUL = { ...WEB, clientId: 'forgetful', rememberConsent: false };
const FAMILY = { ...native('family', 'com.example.family:/cb'), firstParty: true };
const VOUCHED = { ...native('vouched', 'com.example.vouched:/cb'), skipConsent: true };
const UNPROVEN = [
  LOOPBACK,
  native('loopback-6', 'http://[::1]/cb'),
  native('loopback-tls', 'https://localhost:8443/cb'),
  native('loopback-name', 'https://app.localhost/cb'),
  SCHEME,
];
const PROVEN = [CLAIMED, WEB, { ...WEB, clientId: 'confidential-native', redirectUris: ['com.example.c:/cb'] }];

describe('clients whose identity nobody can prove', () => {
  let host: TestApp;
  let browser: Navigator;
  const start = async (provider: OAuthProviderOptions = {}) => {
    const clients = [...UNPROVEN, ...PROVEN, BOTH, TRUSTED, FORGETFUL, FAMILY, VOUCHED];
    host = await createTestApp({ auth: providerOptions({ clients, skipConsentForFirstParty: true, ...provider }) });
  };
  const arrive = async () => {
    browser = new Navigator(host);
    await browser.signUp();
  };

  const expectAsked = async (client: StaticClientOptions) => {
    expect((await ask(browser, client)).location).toContain('/oauth2/consent?');
    const [redirectUri] = client.redirectUris!;
    const silent = await ask(browser, client, { prompt: 'none' });
    expect(silent.location).toContain(`${redirectUri}?error=consent_required`);
  };
  const expectUnasked = async (client: StaticClientOptions) => {
    expect(answerIn(await ask(browser, client), client)).toHaveProperty('code');
    expect(answerIn(await ask(browser, client, { prompt: 'none' }), client)).toHaveProperty('code');
  };

  describe('by default', () => {
    beforeAll(() => start());
    beforeEach(arrive);
    afterAll(() => host.close());

    it.each(UNPROVEN)('F04: RFC 8252 8.6 $clientId asks each time ($redirectUris)', async (client) => {
      await obtainCode(browser, client);
      await expectAsked(client);
      await obtainCode(browser, client);
      await expectAsked(client);
    });

    it.each(PROVEN)('F04: $clientId ($redirectUris) is remembered', async (client) => {
      await obtainCode(browser, client);
      await expectUnasked(client);
    });

    it('F04: RFC 8252 8.6 another port gets nothing unasked', async () => {
      await obtainCode(browser, LOOPBACK, { redirect_uri: 'http://127.0.0.1:1000/cb' });
      const stolen = await ask(browser, LOOPBACK, { redirect_uri: 'http://127.0.0.1:2000/cb', prompt: 'none' });
      expect(stolen.location).toContain('http://127.0.0.1:2000/cb?error=consent_required');
    });

    it('F04: of a client with both the address of the request counts', async () => {
      await obtainCode(browser, BOTH);
      await expectUnasked(BOTH);
      await expectAsked({ ...BOTH, redirectUris: ['http://127.0.0.1:4711/cb'] });
      const silent = await ask(browser, BOTH, { prompt: 'none', redirect_uri: 'http://127.0.0.1:4711/cb' });
      expect(silent.location).toContain('error=consent_required');
    });

    it('F04: options of a client remember for who knows better, and ask each time', async () => {
      await obtainCode(browser, TRUSTED);
      await expectUnasked(TRUSTED);
      await obtainCode(browser, FORGETFUL);
      await expectAsked(FORGETFUL);
    });

    it.each([FAMILY, VOUCHED])('F04: the operator vouches for a client that skips consent ($clientId)', (client) =>
      expectUnasked(client),
    );
  });

  describe('with rememberConsent: always', () => {
    beforeAll(() => start({ rememberConsent: 'always' }));
    beforeEach(arrive);
    afterAll(() => host.close());

    it.each([LOOPBACK, SCHEME])('F04: $clientId is remembered', async (client) => {
      await obtainCode(browser, client);
      await expectUnasked(client);
    });

    it('F04: the option of the client comes first', async () => {
      await obtainCode(browser, FORGETFUL);
      await expectAsked(FORGETFUL);
    });
  });

  it('F04: the approval of a device is no consent for such a client', async () => {
    const tv = { ...native('tv-app', 'com.example.tv:/cb'), grantTypes: ['authorization_code', DEVICE_GRANT] };
    const provider = { clients: [tv], scopes: ['openid', 'profile'] };
    const devices = await createDeviceHost({}, { auth: { jwt: true, oauthProvider: provider } });
    try {
      const user = await signUp(devices.url);
      const { device_code: code } = await devices.approved(user, { client_id: 'tv-app', scope: 'openid' });
      expect((await devices.pollInTime(code, { client_id: 'tv-app' })).status).toBe(200);
      expect(await devices.sql('SELECT client_id FROM auth_consent')).toEqual([{ client_id: 'tv-app' }]);
      const query = authorizeQuery(tv, { code_challenge: pkce().challenge, prompt: 'none' });
      const headers = { accept: 'text/html', cookie: user.cookie };
      const silent = await send(`${devices.url}${AUTHORIZE}?${query}`, { headers });
      expect(silent.headers.get('location')).toContain('com.example.tv:/cb?error=consent_required');
    } finally {
      await devices.close();
    }
  });

  it('F04: an option with another value stops the boot, and says what to give', async () => {
    await expect(start({ rememberConsent: 'never' as 'always' })).rejects.toThrow(
      'oauthProvider.rememberConsent: "never" is not offered. Give one of provable, always.',
    );
  });
});
