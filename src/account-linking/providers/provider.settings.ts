import { isLoopbackHost } from '../../common/loopback-host.js';
import { readOptions } from '../../common/options/read-options.js';
import { isScopeToken } from '../../common/principal/scopes.js';
import { presetOf, PRESET_NAMES } from './presets.js';
import { standardProfile, tidied } from './profiles.js';
import {
  APPLE_OPTIONS,
  PROVIDER_OPTIONS,
  type ExternalProfile,
  type ProviderClaims,
  type ProviderOptions,
  type ProviderSettings,
} from './provider.options.js';

const PROVIDER_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const DISCOVERY_PATH = '/.well-known/openid-configuration';
/** Parameters of the authorization request that only we set. */
export const RESERVED_PARAMETERS: ReadonlySet<string> = new Set(
  'response_type response_mode client_id client_secret redirect_uri scope state nonce code_challenge code_challenge_method request request_uri'.split(
    ' ',
  ),
);

/** @throws Error with option, fault and remedy; stops the boot */
export function resolveProvider(given: ProviderOptions): ProviderSettings {
  const option = `accountLinking.providers[${given.providerId}]`;
  if (!PROVIDER_ID.test(given.providerId ?? '') || given.providerId === 'credential')
    throw new Error(
      `accountLinking.providers: ${JSON.stringify(given.providerId)} is not a providerId. Use letters, digits, dot, dash and underscore; "credential" is the password.`,
    );
  readOptions(option, given, PROVIDER_OPTIONS);
  readOptions(`${option}.apple`, given.apple, APPLE_OPTIONS);
  const presetName = given.preset ?? (hasAddress(given) ? undefined : given.providerId);
  const preset = presetName === undefined ? undefined : presetOf(presetName);
  if (presetName !== undefined && !preset)
    throw new Error(
      `${option}: give issuer, discoveryUrl or authorizationUrl, or one of the presets ${PRESET_NAMES.join(', ')}.`,
    );
  const options: ProviderOptions = { ...preset?.defaults(given), ...defined(given) };
  const settings = readOptions(option, options, PROVIDER_OPTIONS);
  const [clientId, ...otherIds] = clientIdsOf(option, options.clientId);
  const isPlain = options.authorizationUrl !== undefined;
  const scopes = options.scopes ?? (isPlain ? [] : ['openid', 'profile', 'email']);
  checkScopes(option, scopes, isPlain);
  return Object.freeze({
    ...settings,
    providerId: options.providerId,
    displayName: options.displayName ?? preset?.displayName ?? options.providerId,
    clientId: clientId!,
    ...addressesOf(option, options),
    scopes: Object.freeze([...scopes]),
    authentication: settings.authentication ?? (options.clientSecret || options.apple ? null : 'none'),
    authorizationParams: checkParameters(option, settings.authorizationParams),
    idTokenAudiences: Object.freeze([...otherIds, ...settings.idTokenAudiences]),
    idTokens: Object.freeze({ hashedNonce: false, issuerWithoutScheme: false, ...preset?.idTokens }),
    toProfile: profileReader(preset?.toProfile ?? standardProfile, options.mapProfile),
    emailsUrl: preset?.emailsPath === undefined ? null : `${options.userInfoUrl}${preset.emailsPath}`,
  });
}

function clientIdsOf(option: string, given: unknown): string[] {
  const ids: unknown[] = Array.isArray(given) ? given : [given];
  if (ids.length > 0 && ids.every((id) => typeof id === 'string' && id !== '')) return ids as string[];
  throw new Error(
    `${option}.clientId: it is missing. Give the id that the provider has registered, or a list of them.`,
  );
}

function hasAddress(options: ProviderOptions): boolean {
  return Boolean(options.issuer ?? options.discoveryUrl ?? options.authorizationUrl);
}

/** Drops undefined members, which must not hide a preset's. */
function defined(options: ProviderOptions): ProviderOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as ProviderOptions;
}

type Addresses = Pick<ProviderSettings, 'discovery' | 'issuer' | 'authorizationUrl' | 'tokenUrl' | 'userInfoUrl'>;

function addressesOf(option: string, options: ProviderOptions): Addresses {
  if (options.authorizationUrl !== undefined) {
    const authorizationUrl = requireUrl(`${option}.authorizationUrl`, options.authorizationUrl);
    const issuer = options.issuer ?? authorizationUrl.origin;
    return {
      discovery: null,
      issuer: requireUrl(`${option}.issuer`, issuer) && issuer,
      authorizationUrl: authorizationUrl.href,
      tokenUrl: requireUrl(`${option}.tokenUrl`, options.tokenUrl).href,
      userInfoUrl: requireUrl(`${option}.userInfoUrl`, options.userInfoUrl).href,
    };
  }
  const fromDiscovery = issuerOfDiscovery(option, options.discoveryUrl);
  const issuer = options.issuer ?? fromDiscovery;
  if (fromDiscovery !== undefined && issuer !== undefined && trimmed(issuer) !== trimmed(fromDiscovery))
    throw new Error(`${option}: issuer and discoveryUrl belong to different issuers. Give one of them.`);
  const discovery = requireUrl(`${option}.issuer`, issuer);
  return { discovery, issuer: discovery.href, authorizationUrl: null, tokenUrl: null, userInfoUrl: null };
}

function issuerOfDiscovery(option: string, url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (!url.endsWith(DISCOVERY_PATH))
    throw new Error(`${option}.discoveryUrl: it must end with ${DISCOVERY_PATH} (OpenID Connect Discovery 4).`);
  return url.slice(0, -DISCOVERY_PATH.length);
}

/** @throws Error unless it is https, or http on loopback, without credentials and fragment */
export function requireUrl(option: string, text: unknown): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.hash !== '')
    throw new Error(`${option}: ${JSON.stringify(text)} is not an http(s) address. Give the provider's, complete.`);
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw new Error(`${option}: ${url.href} is plain http. Use https; http is for providers on loopback, in tests.`);
  return url;
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}

function checkScopes(option: string, scopes: readonly string[], isPlain: boolean): void {
  const bad = scopes.find((scope) => !isScopeToken(scope));
  if (bad !== undefined)
    throw new Error(`${option}.scopes: ${JSON.stringify(bad)} is not a scope (RFC 6749 3.3). One entry for each.`);
  if (!isPlain && !scopes.includes('openid'))
    throw new Error(`${option}.scopes: OpenID Connect needs the scope openid. Add it, or give the OAuth 2 addresses.`);
}

function checkParameters(option: string, parameters: Readonly<Record<string, string>>) {
  const reserved = Object.keys(parameters).find((name) => RESERVED_PARAMETERS.has(name));
  if (reserved) throw new Error(`${option}.authorizationParams: ${reserved} is set by us. Remove it.`);
  return Object.freeze({ ...parameters });
}

function profileReader(read: (claims: ProviderClaims) => ExternalProfile, map: ProviderOptions['mapProfile']) {
  return (claims: ProviderClaims): ExternalProfile => tidied({ ...read(claims), ...map?.(claims) });
}
