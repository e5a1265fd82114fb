import type { OAuthProviderOptions } from '../../src/index.js';
import { createTestApp } from '../support/app.js';
import { ask } from '../support/authorization.js';
import { Navigator, providerOptions, WEB } from '../support/oauth.js';

describe("wire 12.3 addresses of the host's own pages", () => {
  it.each<[string, OAuthProviderOptions]>([
    ['loginPage: "login"', { loginPage: 'login' }],
    ['loginPage: ""', { loginPage: '' }],
    ['loginPage: "/#/login"', { loginPage: '/#/login' }],
    ['consentPage: "https://evil.example/consent"', { consentPage: 'https://evil.example/consent' }],
    ['selectAccountPage: "//evil.example"', { selectAccountPage: '//evil.example' }],
    ['signUpPage: "javascript:alert(1)"', { signUpPage: 'javascript:alert(1)' }],
  ])('a wrong one stops the boot: %s', async (message, pages) => {
    await expect(createTestApp({ auth: providerOptions(pages) })).rejects.toThrow(`oauthProvider.${message}`);
  });

  it('one on a trusted origin is called', async () => {
    const loginPage = 'https://login.example/start?theme=dark';
    const host = await createTestApp({
      auth: { ...providerOptions({ loginPage }), trustedOrigins: ['https://login.example'] },
    });
    try {
      expect((await ask(new Navigator(host), WEB)).location).toContain(`${loginPage}&response_type=code`);
    } finally {
      await host.close();
    }
  });
});
