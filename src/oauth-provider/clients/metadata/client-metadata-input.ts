import type { JWK } from 'jose';
import { z } from 'zod';
import { displayNameFault, normaliseDisplayName } from '../../../common/display-name.js';
import { AuthError } from '../../../common/errors/auth-error.js';
import { CLIENT_AUTH_METHODS } from '../../../common/ports/authorization-server.js';
import { parseBody } from '../../../common/http/request/request-body.js';
import { unsupportedFault } from './unsupported-metadata.js';

const MAX_BODY_BYTES = 32_768;
const MAX_METADATA_BYTES = 4_096;
const CONTROL_CHARACTERS = /[\x00-\x1F\x7F-\x9F\u2028\u2029\u202A-\u202E\u2066-\u2069]/;

/** Checked before joining: an object with a member `toString` cannot be made a text. */
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');
const isClean = (text: string) => !CONTROL_CHARACTERS.test(text) && text.isWellFormed();
const text = (max: number) => z.string().max(max).refine(isClean, 'it has characters that are not allowed');
const word = text(64);
const uri = text(2_048);
const flag = z.boolean();
const shownName = z
  .string()
  .max(200)
  .superRefine((value, context) => {
    const fault = displayNameFault(value);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  })
  .transform(normaliseDisplayName);

/** RFC 7591 2: an array. A text with separators might be split differently by its next reader (F09). */
const list = (entry: z.ZodType<string>, max: number) => entry.array().max(max);
const words = list(word, 20);
const uris = list(uri, 50);
/** An object, or its JSON. */
const object = z.preprocess(
  (value) => (typeof value === 'string' ? parseObject(value) : value),
  z.record(z.string(), z.unknown()),
);

/** Every member that a client may register, in the names of RFC 7591 2, OIDC Registration 2 and the logout specifications. */
export const METADATA_SHAPE = {
  redirect_uris: uris,
  token_endpoint_auth_method: z.enum(CLIENT_AUTH_METHODS),
  token_endpoint_auth_signing_alg: word,
  grant_types: list(text(128), 20),
  response_types: words,
  application_type: z.enum(['web', 'native']),
  client_name: shownName,
  client_uri: uri,
  logo_uri: uri,
  policy_uri: uri,
  tos_uri: uri,
  contacts: list(text(320), 20),
  scope: z.preprocess((value) => (isTexts(value) ? value.join(' ') : value), text(4_096)),
  jwks_uri: uri,
  jwks: object,
  software_id: text(255),
  software_version: text(255),
  software_statement: text(16_384),
  subject_type: z.enum(['public', 'pairwise']),
  sector_identifier_uri: uri,
  id_token_signed_response_alg: word,
  id_token_claims: z.enum(['requested', 'scope']),
  userinfo_signed_response_alg: word,
  authorization_signed_response_alg: word,
  introspection_signed_response_alg: word,
  response_modes: words,
  request_object_signing_alg: word,
  request_uris: uris,
  require_signed_request_object: flag,
  require_pushed_authorization_requests: flag,
  dpop_bound_access_tokens: flag,
  tls_client_certificate_bound_access_tokens: flag,
  tls_client_auth_subject_dn: text(1_024),
  tls_client_auth_san_dns: text(255),
  tls_client_auth_san_uri: uri,
  tls_client_auth_san_ip: word,
  tls_client_auth_san_email: text(320),
  authorization_details_types: list(text(128), 20),
  default_max_age: z.int().min(0).max(2_147_483_647),
  require_auth_time: flag,
  default_acr_values: words,
  initiate_login_uri: uri,
  post_logout_redirect_uris: uris,
  backchannel_logout_uri: uri,
  backchannel_logout_session_required: flag,
  frontchannel_logout_uri: uri,
  frontchannel_logout_session_required: flag,
  metadata: object.refine((value) => JSON.stringify(value).length <= MAX_METADATA_BYTES, `it is larger than 4 KiB`),
};
const SCHEMA = z.object(METADATA_SHAPE).partial();
/** Every known member. */
export const METADATA_MEMBERS = Object.keys(METADATA_SHAPE) as readonly (keyof typeof METADATA_SHAPE)[];
/** RFC 7591 2.2: names in one language, e.g. `client_name#de`. Checked, not kept. */
const NAME_IN_A_LANGUAGE = /^client_name#/;

/** Client metadata whose members have the right types; whether they fit together is not checked yet. */
export type ClientMetadataDraft = Omit<z.infer<typeof SCHEMA>, 'jwks'> & {
  jwks?: Record<string, unknown> & { keys?: readonly JWK[] };
};

/**
 * Reads client metadata from JSON. Unknown members are left out (RFC 7591 2); null and empty texts mean absent.
 * @throws AuthError 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 3.2.2), 413 above 32 KiB
 */
export function readClientMetadata(input: Readonly<Record<string, unknown>>): ClientMetadataDraft {
  if (Buffer.byteLength(JSON.stringify(input)) > MAX_BODY_BYTES) throw tooLarge();
  const fault = unsupportedFault(input) ?? foreignNameFault(input);
  if (fault !== null) throw invalidMetadata(fault);
  const known = METADATA_MEMBERS.filter((name) => Object.hasOwn(input, name)).map(
    (name) => [name, input[name]] as const,
  );
  const given = known.filter(([name, value]) => value !== null && value !== undefined && !isAbsentText(name, value));
  const result = SCHEMA.safeParse(Object.fromEntries(given));
  if (result.success) return result.data as ClientMetadataDraft;
  const { path, message } = result.error.issues[0]!;
  const description = `${path.join('.')}: ${message}`;
  throw path[0] === 'redirect_uris' ? invalidRedirectUri(description) : invalidMetadata(description);
}

function isAbsentText(name: keyof typeof METADATA_SHAPE, value: unknown): boolean {
  return value === '' && !(METADATA_SHAPE[name] instanceof z.ZodArray);
}

function foreignNameFault(input: Readonly<Record<string, unknown>>): string | null {
  const names = Object.entries(input).filter(([member]) => NAME_IN_A_LANGUAGE.test(member));
  const isBad = ([, value]: [string, unknown]) => typeof value !== 'string' || displayNameFault(value) !== null;
  return names.some(isBad) ? 'client_name: in a language it is no name to show' : null;
}

export function invalidRedirectUri(description: string): AuthError {
  return AuthError.oauth('invalid_redirect_uri', description);
}

export function invalidMetadata(description: string, detail?: string): AuthError {
  return AuthError.oauth('invalid_client_metadata', description, detail);
}

function tooLarge(): AuthError {
  return new AuthError({
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    error: 'invalid_client_metadata',
    description: `The metadata is larger than ${MAX_BODY_BYTES} bytes`,
  });
}

/** As strict as for a request body, whose parser did not look into this text. What cannot be parsed stays a text, which is refused. */
function parseObject(value: string): unknown {
  try {
    return parseBody('json', Buffer.from(value));
  } catch {
    return value;
  }
}
