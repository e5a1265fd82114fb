import { resolveAccountLinkingOptions, type AccountLinkingOptions } from './account-linking.options.js';
import type { ProviderOptions } from './providers/provider.options.js';

const CLIENT = { clientId: 'c', clientSecret: 's' };
const resolve = (...providers: ProviderOptions[]) => resolveAccountLinkingOptions({ providers }).providers;

describe('options of account linking', () => {
  it.each<[string, AccountLinkingOptions]>([
    ['is not a providerId', { providers: [{ providerId: 'a/b', ...CLIENT, issuer: 'https://x.example' }] }],
    ['is not a providerId', { providers: [{ providerId: 'credential', ...CLIENT, issuer: 'https://x.example' }] }],
    ['one of the presets google', { providers: [{ providerId: 'unknown', ...CLIENT }] }],
    ['clientId: it is missing', { providers: [{ providerId: 'google', clientId: '' }] }],
    ['is plain http', { providers: [{ providerId: 'x', ...CLIENT, issuer: 'http://x.example' }] }],
    ['is plain http', { providers: [{ providerId: 'x', ...CLIENT, issuer: 'http://127.x.example' }] }],
    [
      'is not an http(s) address',
      { providers: [{ providerId: 'x', ...CLIENT, authorizationUrl: 'https://x.example/a' }] },
    ],
    ['it must end with', { providers: [{ providerId: 'x', ...CLIENT, discoveryUrl: 'https://x.example/meta' }] }],
    [
      'different issuers',
      {
        providers: [
          {
            providerId: 'x',
            ...CLIENT,
            issuer: 'https://y.example',
            discoveryUrl: 'https://x.example/.well-known/openid-configuration',
          },
        ],
      },
    ],
    ['needs the scope openid', { providers: [{ providerId: 'google', ...CLIENT, scopes: ['email'] }] }],
    ['is not a scope', { providers: [{ providerId: 'google', ...CLIENT, scopes: ['openid email'] }] }],
    ['nonce is set by us', { providers: [{ providerId: 'google', ...CLIENT, authorizationParams: { nonce: 'x' } }] }],
    [
      'is listed twice',
      {
        providers: [
          { providerId: 'google', ...CLIENT },
          { providerId: 'google', ...CLIENT },
        ],
      },
    ],
    ['there is no provider "google"', { linking: { trustedProviders: ['google'] } }],
    ['is out of range', { stateExpiresIn: '2h' }],
    ['accountLinking.errorUrl: "oops"', { errorUrl: 'oops' }],
    ['accountLinking.errorUrl: "//evil.example"', { errorUrl: '//evil.example' }],
    ['accountLinking: there is no option "linkings"', { linkings: {} } as AccountLinkingOptions],
    [
      'accountLinking.linking: there is no option "requireLocalEmailVerifed"',
      { linking: { requireLocalEmailVerifed: true } } as AccountLinkingOptions,
    ],
    [
      'accountLinking.providers[google]: there is no option "client_secret"',
      { providers: [{ providerId: 'google', ...CLIENT, client_secret: 's' } as ProviderOptions] },
    ],
    [
      'accountLinking.providers[apple].apple: there is no option "keyID"',
      {
        providers: [
          { providerId: 'apple', clientId: 'c', apple: { teamId: 't', keyID: 'k', privateKey: 'p' } as never },
        ],
      },
    ],
    [
      'accountLinking.providers[google].authentication: "jwt"',
      { providers: [{ providerId: 'google', ...CLIENT, authentication: 'jwt' as never }] },
    ],
    [
      'accountLinking.providers[google].responseMode: "fragment"',
      { providers: [{ providerId: 'google', ...CLIENT, responseMode: 'fragment' as never }] },
    ],
    ['accountLinking: there is no option "trustedProviders"', { trustedProviders: [] } as AccountLinkingOptions],
    [
      'accountLinking.linking: there is no option "disableImplicitLink"',
      { linking: { disableImplicitLink: true } as never },
    ],
    ['is not a tenant', { providers: [{ providerId: 'microsoft', ...CLIENT, tenantId: 'a/b' }] }],
    [
      "give the tenant's id",
      { providers: [{ providerId: 'microsoft', ...CLIENT, authority: 'https://login.example' }] },
    ],
  ])('stops the boot: %s', (message, options) => {
    expect(() => resolveAccountLinkingOptions(options)).toThrow(message);
  });

  it('presets need no more than a client; what the host gives wins', () => {
    const names = ['google', 'microsoft', 'github', 'gitlab', 'apple', 'discord', 'slack'];
    const providers = resolve(...names.map((providerId) => ({ providerId, ...CLIENT })));
    expect(providers.map(({ issuer }) => issuer)).toEqual([
      'https://accounts.google.com/',
      'https://login.microsoftonline.com/common/v2.0',
      'https://github.com/login/oauth',
      'https://gitlab.com/',
      'https://appleid.apple.com/',
      'https://discord.com',
      'https://slack.com/',
    ]);
    expect(providers.every(({ pkce }) => pkce)).toBe(true);
    expect(providers.find(({ providerId }) => providerId === 'apple')!.responseMode).toBe('form_post');
    const [own] = resolve({ providerId: 'our-gitlab', preset: 'gitlab', issuer: 'https://git.example.com', ...CLIENT });
    expect(own!.discovery!.href).toBe('https://git.example.com/');
  });

  it('T112 profiles of presets: whose word on an address counts', () => {
    const [microsoft, github, discord, apple] = resolve(
      ...['microsoft', 'github', 'discord', 'apple'].map((providerId) => ({ providerId, ...CLIENT })),
    );
    const entra = { tid: 't', oid: 'o', sub: 'pairwise', email: 'a@example.com', email_verified: true };
    expect(microsoft!.toProfile(entra)).toMatchObject({ subject: 't.o', emailVerified: false });
    expect(microsoft!.toProfile({ ...entra, xms_edov: true }).emailVerified).toBe(true);
    expect(microsoft!.toProfile({ ...entra, oid: '' }).subject).toBe('');
    const emails = [
      { email: 'old@example.com', primary: false, verified: true },
      { email: 'new@example.com', primary: true, verified: false },
    ];
    expect(github!.toProfile({ id: 42, login: 'ada', email: 'public@example.com', emails })).toEqual({
      subject: '42',
      email: 'new@example.com',
      emailVerified: false,
      name: 'ada',
      image: null,
    });
    expect(
      discord!.toProfile({
        id: '1',
        username: 'ada',
        global_name: 'Ada',
        avatar: 'h',
        email: 'a@example.com',
        verified: true,
      }),
    ).toEqual({
      subject: '1',
      email: 'a@example.com',
      emailVerified: true,
      name: 'Ada',
      image: 'https://cdn.discordapp.com/avatars/1/h.png',
    });
    expect(apple!.toProfile({ sub: 's', email: 'a@example.com', email_verified: 'true' }).emailVerified).toBe(true);
    expect(apple!.toProfile({ sub: 's', email: 'a@example.com', email_verified: 'yes' }).emailVerified).toBe(false);
  });
});
