import { discordProfile, githubProfile, microsoftProfile, standardProfile } from './profiles.js';
import type { ExternalProfile, IdTokenPeculiarities, ProviderClaims, ProviderOptions } from './provider.options.js';

/** Providers that are known by name. */
export type ProviderPreset = 'google' | 'microsoft' | 'github' | 'gitlab' | 'apple' | 'discord' | 'slack';

interface Preset {
  readonly displayName: string;
  readonly defaults: (options: ProviderOptions) => Partial<ProviderOptions>;
  readonly toProfile: (claims: ProviderClaims) => ExternalProfile;
  /** Path of its list of e-mail addresses, below `userInfoUrl`. */
  readonly emailsPath?: string;
  readonly idTokens?: Partial<IdTokenPeculiarities>;
}

const OPENID_SCOPES = ['openid', 'profile', 'email'];
const MICROSOFT = 'https://login.microsoftonline.com';
const TENANT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const PRESETS: Readonly<Record<ProviderPreset, Preset>> = {
  google: {
    displayName: 'Google',
    defaults: () => ({ issuer: 'https://accounts.google.com', scopes: OPENID_SCOPES }),
    toProfile: standardProfile,
    idTokens: { issuerWithoutScheme: true },
  },
  microsoft: { displayName: 'Microsoft', defaults: microsoft, toProfile: microsoftProfile },
  github: {
    displayName: 'GitHub',
    defaults: () => ({
      issuer: 'https://github.com/login/oauth',
      authorizationUrl: 'https://github.com/login/oauth/authorize',
      tokenUrl: 'https://github.com/login/oauth/access_token',
      userInfoUrl: 'https://api.github.com/user',
      scopes: ['read:user', 'user:email'],
      authentication: 'post',
    }),
    toProfile: githubProfile,
    emailsPath: '/emails',
  },
  gitlab: {
    displayName: 'GitLab',
    defaults: () => ({ issuer: 'https://gitlab.com', scopes: OPENID_SCOPES }),
    toProfile: standardProfile,
  },
  apple: {
    displayName: 'Apple',
    // Apple requires form_post when it is asked for name or e-mail.
    defaults: () => ({
      issuer: 'https://appleid.apple.com',
      scopes: ['openid', 'name', 'email'],
      responseMode: 'form_post',
      authentication: 'post',
    }),
    toProfile: standardProfile,
    idTokens: { hashedNonce: true },
  },
  discord: {
    displayName: 'Discord',
    defaults: () => ({
      issuer: 'https://discord.com',
      authorizationUrl: 'https://discord.com/oauth2/authorize',
      tokenUrl: 'https://discord.com/api/oauth2/token',
      userInfoUrl: 'https://discord.com/api/users/@me',
      scopes: ['identify', 'email'],
      authentication: 'post',
    }),
    toProfile: discordProfile,
  },
  slack: {
    displayName: 'Slack',
    defaults: () => ({ issuer: 'https://slack.com', scopes: OPENID_SCOPES, authentication: 'post' }),
    toProfile: standardProfile,
  },
};

export const PRESET_NAMES = Object.keys(PRESETS) as ProviderPreset[];

export function presetOf(name: string): Preset | undefined {
  return Object.hasOwn(PRESETS, name) ? PRESETS[name as ProviderPreset] : undefined;
}

/** The issuer of a provider that is known by name; null when it is not, or when it has several, as Microsoft with its tenants. */
export function onlyIssuerOf(name: string): string | null {
  const preset = name === 'microsoft' ? undefined : presetOf(name);
  return preset?.defaults({ providerId: name, clientId: '' }).issuer ?? null;
}

/** @throws Error when the tenant cannot be checked at this authority; stops the boot */
function microsoft(options: ProviderOptions): Partial<ProviderOptions> {
  const authority = (options.authority ?? MICROSOFT).replace(/\/+$/, '');
  const tenant = options.tenantId ?? 'common';
  if (!/^[A-Za-z0-9.-]+$/.test(tenant))
    throw new Error(
      `accountLinking.providers[${options.providerId}].tenantId: ${JSON.stringify(tenant)} is not a tenant. Give its id or domain, or 'common'.`,
    );
  // For many tenants the issuer is a template, which only Microsoft's own authority is trusted to fill in.
  if (authority !== MICROSOFT && !TENANT_ID.test(tenant))
    throw new Error(
      `accountLinking.providers[${options.providerId}].tenantId: with another authority give the tenant's id, not ${JSON.stringify(tenant)}.`,
    );
  return { issuer: `${authority}/${tenant}/v2.0`, scopes: [...OPENID_SCOPES, 'offline_access'] };
}
