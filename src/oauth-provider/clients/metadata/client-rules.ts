import type { OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { CLIENT_ALGORITHMS } from './client-algorithms.js';
import type { FederatedIdentityOptions } from '../../workload.options.js';
import { NO_POLICY, type ClientMetadata, type ClientPolicy } from './client-metadata.js';
import { registeredItself, type ClientOrigin } from './registered-client.js';
import { requiresPkce } from './requires-pkce.js';
import { modeNamed, RESPONSE_MODES, SIGNED_RESPONSE_MODES, type ResponseMode } from './response-modes.js';

/** FAPI 2.0 Security Profile, and with Message Signing on top of it. */
export const FAPI_PROFILES = ['fapi2', 'fapi2-message-signing'] as const;
export type FapiProfile = (typeof FAPI_PROFILES)[number];

/** FAPI 2.0 Security Profile 5.4.1: for everything that such a client signs or gets signed. */
export const FAPI_ALGORITHMS: readonly string[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

export const MAX_FAPI_CODE_SECONDS = 60;

/** How the access tokens of a client must be bound; `optional`: as each request asks for it. */
export type TokenBinding = 'optional' | 'dpop' | 'certificate' | 'either';

/**
 * What holds for a client: from the options of the server, then from what the client has registered, then from its profile, which only ever
 * adds to both. Endpoints ask here and read no flag themselves.
 */
export interface ClientRules {
  readonly profile: FapiProfile | null;
  /** RFC 7636. */
  readonly requiresPkce: boolean;
  /** RFC 9126 5, 6: an authorization request that was not pushed is refused. */
  readonly requiresPushedRequests: boolean;
  /** RFC 9101 10.5: an authorization request that is not signed is refused. */
  readonly requiresSignedRequests: boolean;
  /** How authorization responses may go to it, the default first; never empty. */
  readonly responseModes: readonly ResponseMode[];
  readonly binding: TokenBinding;
  /** FAPI 2.0 Security Profile 5.3.2.1-9: false there, since a lost answer must not cost the grant. */
  readonly rotatesRefreshTokens: boolean;
  /** Lifetime of its authorization codes; FAPI 2.0 Security Profile 5.3.2.1-11: 60 seconds at most. */
  readonly codeTtlSeconds: number;
  /** After this time its users are asked for their consent again; null: a consent has no end. */
  readonly consentTtlSeconds: number | null;
  /** What the `aud` of its assertions may be; `issuer`: that alone, as a text (FAPI 2.0 Security Profile 5.3.2.1-8). */
  readonly assertionAudience: 'any' | 'issuer';
  /**
   * Workloads that may present themselves as it, by a token of their platform. None where FAPI 2.0 asks for a key or a certificate of the client
   * itself (Security Profile 5.3.2.1-6), and none of a client that registered itself: nobody here has said whose they are.
   */
  readonly federatedIdentities: readonly FederatedIdentityOptions[];
  /** Algorithms that it may sign with. */
  readonly algorithms: readonly string[];
}

/** What the rules of a client follow from. */
export interface RuledClient {
  readonly metadata: ClientMetadata;
  readonly policy: ClientPolicy;
  readonly registeredBy: ClientOrigin;
}

const NO_METADATA: ClientMetadata = {
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: [],
  response_types: [],
  application_type: 'web',
};

type ServerRules = Pick<
  OAuthProviderSettings,
  'pkce' | 'profile' | 'requires' | 'clientAssertionAudience' | 'clientDocuments' | 'codeTtlSeconds'
>;

export function clientRules(client: RuledClient, settings: ServerRules): ClientRules {
  const { metadata, policy } = client;
  const profile = strictest(settings.profile, policy.profile);
  const isFapi = profile !== null;
  return Object.freeze({
    profile,
    requiresPkce: isFapi || requiresPkce(client, settings),
    requiresPushedRequests:
      isFapi || settings.requires.pushedRequests || metadata.require_pushed_authorization_requests === true,
    requiresSignedRequests:
      profile === 'fapi2-message-signing' ||
      settings.requires.signedRequests ||
      metadata.require_signed_request_object === true,
    responseModes: responseModesOf(metadata, profile),
    binding: bindingOf(metadata, settings, isFapi),
    rotatesRefreshTokens: !isFapi,
    codeTtlSeconds: isFapi ? Math.min(settings.codeTtlSeconds, MAX_FAPI_CODE_SECONDS) : settings.codeTtlSeconds,
    consentTtlSeconds:
      client.registeredBy === 'document' ? (settings.clientDocuments?.consentTTLSeconds ?? null) : null,
    assertionAudience: isFapi ? 'issuer' : (policy.clientAssertionAudience ?? settings.clientAssertionAudience),
    federatedIdentities: isFapi || registeredItself(client) ? [] : policy.federatedIdentities,
    algorithms: isFapi ? FAPI_ALGORITHMS : CLIENT_ALGORITHMS,
  });
}

/** What holds for every client, whatever it has registered. */
export function serverRules(settings: ServerRules): ClientRules {
  return clientRules({ metadata: NO_METADATA, policy: NO_POLICY, registeredBy: 'options' }, settings);
}

export function strictest(ofServer: FapiProfile | null, ofClient: FapiProfile | null): FapiProfile | null {
  const known = [ofServer, ofClient];
  return FAPI_PROFILES.toReversed().find((one) => known.includes(one)) ?? null;
}

/** FAPI 2.0 Message Signing 5.4.1: signed responses alone, whatever the client has listed (5.3). */
function responseModesOf(
  { response_modes: names }: ClientMetadata,
  profile: FapiProfile | null,
): readonly ResponseMode[] {
  const listed = RESPONSE_MODES.filter((mode) => names?.some((name) => modeNamed(name) === mode) ?? true);
  if (profile !== 'fapi2-message-signing') return listed.length > 0 ? listed : RESPONSE_MODES;
  const signed = SIGNED_RESPONSE_MODES.filter((mode) => listed.includes(mode));
  return signed.length > 0 ? signed : SIGNED_RESPONSE_MODES;
}

function bindingOf(metadata: ClientMetadata, { requires }: ServerRules, isFapi: boolean): TokenBinding {
  const { dpop_bound_access_tokens: dpop, tls_client_certificate_bound_access_tokens: certificate } = metadata;
  const { boundTokens } = requires;
  // A client may say by which of two it is bound, and not that it is bound by another than the server asks for.
  if (boundTokens !== null && boundTokens !== 'either') return boundTokens;
  if (dpop === true) return 'dpop';
  if (certificate === true) return 'certificate';
  return boundTokens ?? (isFapi ? 'either' : 'optional');
}
