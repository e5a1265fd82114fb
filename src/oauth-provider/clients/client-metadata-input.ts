import type { JWK } from 'jose';
import { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { CLIENT_AUTH_METHODS } from '../../common/host/authorization-server.js';
import { parseBody } from '../../common/http/request-body.js';

const MAX_BODY_BYTES = 32_768;
const MAX_METADATA_BYTES = 4_096;
const CONTROL_CHARACTERS = /[\x00-\x1F\x7F-\x9F\u2028\u2029\u202A-\u202E\u2066-\u2069]/;

/** An object among them may have a member `toString`, and then cannot be made a text. */
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');
const isClean = (text: string) => !CONTROL_CHARACTERS.test(text) && text.isWellFormed();
const text = (max: number) => z.string().max(max).refine(isClean, 'it has characters that are not allowed');
const word = text(64);
const uri = text(2_048);
const flag = z.boolean();

/** Arrays, or their string forms: a JSON array, or entries with separators between them. */
function list(entry: z.ZodType<string>, max: number, separator: RegExp) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? splitList(value, separator) : value),
    entry.array().max(max),
  );
}
const words = list(word, 20, /[\s,]+/);
/** A comma may be part of an address. */
const uris = list(uri, 50, /\s+/);
/** Objects, or their JSON. */
const object = z.preprocess(
  (value) => (typeof value === 'string' ? parseObject(value) : value),
  z.record(z.string(), z.unknown()),
);

/** Every member that a client may register, in the names of RFC 7591 2, OIDC Registration 2 and the logout specifications. */
const SHAPE = {
  redirect_uris: uris,
  token_endpoint_auth_method: z.enum(CLIENT_AUTH_METHODS),
  token_endpoint_auth_signing_alg: word,
  grant_types: list(text(128), 20, /[\s,]+/),
  response_types: words,
  application_type: z.enum(['web', 'native']),
  client_name: text(200),
  client_uri: uri,
  logo_uri: uri,
  policy_uri: uri,
  tos_uri: uri,
  contacts: list(text(320), 20, /[\s,]+/),
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
  request_object_signing_alg: word,
  request_uris: uris,
  require_signed_request_object: flag,
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
const SCHEMA = z.object(SHAPE).partial();
const NAMES = Object.keys(SHAPE);

/** What a client asked for, each member of its type; what the members mean together is not looked at yet. */
export type ClientMetadataDraft = Omit<z.infer<typeof SCHEMA>, 'jwks'> & {
  jwks?: Record<string, unknown> & { keys?: readonly JWK[] };
};

/**
 * Reads client metadata from JSON. Unknown members are left out (RFC 7591 2); null and empty texts mean absent.
 * @throws AuthError 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 3.2.2), 413 above 32 KiB
 */
export function readClientMetadata(input: Readonly<Record<string, unknown>>): ClientMetadataDraft {
  if (Buffer.byteLength(JSON.stringify(input)) > MAX_BODY_BYTES) throw tooLarge();
  const known = NAMES.filter((name) => Object.hasOwn(input, name)).map((name) => [name, input[name]] as const);
  const given = known.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const result = SCHEMA.safeParse(Object.fromEntries(given));
  if (result.success) return result.data as ClientMetadataDraft;
  const { path, message } = result.error.issues[0]!;
  const description = `${path.join('.')}: ${message}`;
  throw path[0] === 'redirect_uris' ? invalidRedirectUri(description) : invalidMetadata(description);
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

function splitList(value: string, separator: RegExp): unknown {
  if (value.trimStart().startsWith('[')) return parseJson(value, (array) => JSON.parse(array) as unknown);
  return value.split(separator).filter((entry) => entry !== '');
}

/** As strictly as a body: the text was not looked into when the body was read. */
function parseObject(value: string): unknown {
  return parseJson(value, (json) => parseBody('json', Buffer.from(json)));
}

/** What cannot be parsed stays a text, which the schema then refuses. */
function parseJson(value: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(value);
  } catch {
    return value;
  }
}
