import { AuthError } from '../../../common/errors/auth-error.js';
import { DEVICE_CODE_GRANT } from '../../../common/grants/grant.js';
import { MIN_SYMMETRIC_BYTES } from '../../../common/keys/signing-algorithm.js';
import { readOptions, requireKnownKeys } from '../../../common/options/read-options.js';
import type { ClientAuthMethod } from '../../../common/ports/authorization-server.js';
import type { OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { SIGNED_ANSWERS } from './answer-algorithm.js';
import { METADATA_MEMBERS, readClientMetadata } from './client-metadata-input.js';
import type { ClientMetadata } from './client-metadata.js';
import { strictest } from './client-rules.js';
import { metadataRules } from './client.validator.js';
import { STATIC_CLIENT_OPTIONS, type StaticClientOptions } from '../../static-client.options.js';
import { FEDERATED_IDENTITY_OPTIONS } from '../../workload.options.js';
import { UNSUPPORTED_MEMBERS } from './unsupported-metadata.js';
import { validateClientMetadata, type MetadataRules } from './client-metadata.rules.js';

/** Allowed whether or not their capability is there. */
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE_GRANT];

/** For messages: the option that configures the client. */
export function optionName({ clientId }: StaticClientOptions): string {
  return `oauthProvider.clients: ${JSON.stringify(clientId)}`;
}

/**
 * Checks the grant types once every module has said which grants it adds; before that, clients of the options may name any.
 * @throws Error with option and remedy; stops the boot
 */
export function requireOfferedGrants(settings: OAuthProviderSettings, offered: readonly string[]): void {
  for (const client of settings.clients) staticMetadata(client, settings, offered);
}

/**
 * The metadata of a static client, by the rules for all clients (F09, F44, F48): what can never work stops the boot, before a user finds
 * it.
 * @throws Error with option and remedy; stops the boot
 */
export function staticMetadata(
  options: StaticClientOptions,
  settings: OAuthProviderSettings,
  offered: readonly string[] = options.grantTypes ?? [],
): ClientMetadata {
  checkShape(options);
  const scopes = options.scopes ?? settings.defaultScopes;
  const ownGrants = options.clientCredentialsScopes?.length ? ['client_credentials'] : [];
  const grants = options.grantTypes ?? (options.redirectUris?.length ? undefined : ownGrants);
  const method =
    options.tokenEndpointAuthMethod ?? (options.clientSecret === undefined ? withoutSecret(options) : undefined);
  const given = {
    ...options.metadata,
    ...(options.idTokenClaims !== undefined && { id_token_claims: options.idTokenClaims }),
    ...(options.name !== undefined && { client_name: options.name }),
    redirect_uris: options.redirectUris ?? [],
    ...(method !== undefined && { token_endpoint_auth_method: method }),
    ...(grants && { grant_types: grants }),
    scope: scopes.join(' '),
  };
  checkProof(options, given);
  checkAlgorithms(options, given, settings);
  return read(options, given, ownGrants, rulesFor(options, settings, offered));
}

function read(
  options: StaticClientOptions,
  given: Readonly<Record<string, unknown>>,
  ownGrants: readonly string[],
  rules: MetadataRules,
): ClientMetadata {
  try {
    // An empty list of scopes stays one; an empty text would be read as absent.
    const draft = { ...readClientMetadata(given), scope: String(given['scope']) };
    const metadata = validateClientMetadata(draft, rules);
    const isItselfToo = options.grantTypes === undefined && options.redirectUris?.length;
    return isItselfToo ? { ...metadata, grant_types: [...metadata.grant_types, ...ownGrants] } : metadata;
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    throw new Error(`${optionName(options)}: ${error.description}. Correct it, or leave it out.`, { cause: error });
  }
}

/** It may have scopes that only it has, and no grant: then it only introspects. */
function rulesFor(
  { scopes = [], profile, federatedIdentities }: StaticClientOptions,
  settings: OAuthProviderSettings,
  offered: readonly string[],
): MetadataRules {
  const all = new Set([...settings.scopes, ...settings.defaultScopes, ...scopes]);
  const rules = metadataRules(settings, [...GRANTS, ...offered]);
  const mayLackKeys = (federatedIdentities?.length ?? 0) > 0;
  return {
    ...rules,
    mayLackKeys,
    scopes: all,
    isConfigured: true,
    profile: strictest(settings.profile, profile ?? null),
  };
}

function checkShape(options: StaticClientOptions): void {
  const name = optionName(options);
  readOptions(name, options, STATIC_CLIENT_OPTIONS);
  for (const [index, identity] of (options.federatedIdentities ?? []).entries())
    readOptions(`${name}: federatedIdentities[${index}]`, identity, FEDERATED_IDENTITY_OPTIONS);
  const known = METADATA_MEMBERS as readonly string[];
  const metadata = options.metadata ?? {};
  const others = Object.fromEntries(Object.entries(metadata).filter(([member]) => !UNSUPPORTED_MEMBERS.has(member)));
  requireKnownKeys(`${name}: metadata`, others, known);
}

/** How a client without a secret authenticates, if it does not say. */
function withoutSecret({ federatedIdentities }: StaticClientOptions): ClientAuthMethod {
  return federatedIdentities?.length ? 'private_key_jwt' : 'none';
}

/** Checks that it has what its authentication method needs. */
function checkProof(options: StaticClientOptions, metadata: Readonly<Record<string, unknown>>): void {
  const { clientSecret } = options;
  const name = optionName(options);
  // A secret that is missing from the environment must not make the client public.
  if ('clientSecret' in options && !clientSecret && options.tokenEndpointAuthMethod === undefined)
    throw new Error(
      `${name}: clientSecret has no value. Is a variable of the environment missing? Leave it out, or give tokenEndpointAuthMethod 'none', for a public client.`,
    );
  const { jwks, jwks_uri: address } = metadata;
  const method = String(metadata['token_endpoint_auth_method'] ?? 'client_secret_basic');
  if (method.startsWith('client_secret_') && !clientSecret)
    throw new Error(`${name} has no clientSecret for ${method}. Give it one, or another tokenEndpointAuthMethod.`);
  if (method === 'client_secret_jwt' && Buffer.byteLength(clientSecret!) < MIN_SYMMETRIC_BYTES)
    throw new Error(`${name}: a secret that signs has ${MIN_SYMMETRIC_BYTES} bytes or more (RFC 7518 3.2).`);
  if (method === 'private_key_jwt' && !jwks === !address && (jwks || !options.federatedIdentities?.length))
    throw new Error(`${name} needs either metadata.jwks or metadata.jwks_uri for private_key_jwt.`);
  if (method === 'none' && clientSecret !== undefined)
    throw new Error(`${name} has a clientSecret and the method none. Leave one of them out.`);
}

/** Checks that there will be a signing key for what is signed for it. */
function checkAlgorithms(
  options: StaticClientOptions,
  metadata: Readonly<Record<string, unknown>>,
  { idTokenAlgorithms: offered }: OAuthProviderSettings,
): void {
  for (const name of SIGNED_ANSWERS) {
    const algorithm = metadata[name];
    if (algorithm === undefined || (offered as readonly unknown[]).includes(algorithm)) continue;
    throw new Error(
      `${optionName(options)} has ${name} ${JSON.stringify(algorithm).replaceAll('"', '')}, for which no key is kept. Add it to oauthProvider.idTokenAlgorithms, or give one of ${offered.join(', ')}.`,
    );
  }
}
