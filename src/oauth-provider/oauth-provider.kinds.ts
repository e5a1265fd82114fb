import type { OptionKinds } from '../common/options/option-kinds.js';
import type {
  OAuthProviderHooks,
  OAuthProviderOptions,
  ResourceOptions,
  StaticClientOptions,
} from './oauth-provider.options.js';

export const PROVIDER_KINDS: OptionKinds<OAuthProviderOptions> = {
  issuer: 'text',
  clients: 'blocks',
  scopes: 'texts',
  defaultScopes: 'texts',
  resources: 'blocks',
  accessTokenTTL: 'duration',
  refreshTokenTTL: 'duration',
  idTokenTTL: 'duration',
  codeTTL: 'duration',
  requestTTL: 'duration',
  accessTokenFormat: 'text',
  accessTokenAlgorithm: 'text',
  idTokenAlgorithms: 'texts',
  idTokenClaims: 'text',
  oauth21: 'flag',
  requirePKCE: 'flag',
  loginPage: 'text',
  consentPage: 'text',
  selectAccountPage: 'text',
  signUpPage: 'text',
  rememberConsent: 'text',
  skipConsentForFirstParty: 'flag',
  dynamicRegistration: ['text', 'block'],
  requestObjects: 'flag',
  pairwiseSecret: 'text',
  corsOrigins: 'texts',
  redirectSchemes: 'texts',
  hooks: 'block',
};

export const HOOK_KINDS: OptionKinds<OAuthProviderHooks> = {
  customClaims: 'function',
  customIdTokenClaims: 'function',
  customAccessTokenClaims: 'function',
  beforeAuthorization: 'function',
};

type Registration = Exclude<NonNullable<OAuthProviderOptions['dynamicRegistration']>, string>;

export const REGISTRATION_KINDS: OptionKinds<Registration> = {
  mode: 'text',
  secretTTL: 'duration',
  maxPerUser: 'number',
  maxOpenPerHour: 'number',
};

export const RESOURCE_KINDS: OptionKinds<ResourceOptions> = {
  resource: 'text',
  scopes: 'texts',
  accessTokenFormat: 'text',
  accessTokenTTL: 'duration',
};

export const CLIENT_KINDS: OptionKinds<StaticClientOptions> = {
  clientId: 'text',
  clientSecret: 'text',
  name: 'text',
  redirectUris: 'texts',
  scopes: 'texts',
  grantTypes: 'texts',
  tokenEndpointAuthMethod: 'text',
  firstParty: 'flag',
  skipConsent: 'flag',
  rememberConsent: 'flag',
  idTokenClaims: 'text',
  requirePkce: 'flag',
  clientCredentialsScopes: 'texts',
  resources: 'texts',
  accessTokenFormat: 'text',
  metadata: 'block',
};
