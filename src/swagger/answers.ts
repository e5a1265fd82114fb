import type { AuthPolicy } from '../common/http/routes/auth-policy.js';
import type { AnswerHeader, RouteDescription, TextType } from '../common/http/routes/describe-route.js';
import { ERROR_SCHEMAS, errorExamples } from './error-schemas.js';
import type { OwnSchemas } from './own-schemas.js';
import type { Requirement } from './security.js';
import { stepUpExample, stepUpText } from './step-up.js';

/** An operation of ours: what is known of it when its answers are written. */
export interface AnswersInput {
  readonly description: RouteDescription;
  readonly policy: AuthPolicy | undefined;
  readonly requirements: readonly Requirement[];
  readonly takesBody: boolean;
  /** The origin of browsers is checked. */
  readonly checksOrigin: boolean;
}

const header = (description: string, type = 'string') => ({ description, schema: { type } });
const HEADERS: Readonly<Record<AnswerHeader | 'Location' | 'Retry-After' | 'WWW-Authenticate' | 'Allow', object>> = {
  'Set-Cookie': header('The session cookie, set or taken away. Browsers keep it; scripts do not see it.'),
  'set-auth-token': header('The session token, for clients that keep no cookies: send it as `Authorization: Bearer`.'),
  'set-auth-jwt': header('A JWT of the session, where the server is set up to give it.'),
  'Cache-Control': header('How long the answer may be kept.'),
  ETag: header('The version of the answer, for `If-None-Match`.'),
  Location: header('Where the browser goes on.'),
  'Retry-After': header('Seconds until another attempt makes sense.', 'integer'),
  'WWW-Authenticate': header('What the route takes as credentials, and what was wrong with the one presented.'),
  Allow: header('The methods that the address has.'),
};
/** RFC 9449 8: with a refusal, and again when it changes. */
const NONCE_HEADER = {
  'DPoP-Nonce': header('The nonce that proofs of DPoP must have, where the server asks for one.'),
};
/** Of a limit on an API key. */
export const RATE_LIMIT_HEADERS = {
  RateLimit: header('What is left of the limit of the API key, and seconds until it is full again: `"key";r=0;t=30`.'),
  'RateLimit-Policy': header('The limit: `q` requests in `w` seconds.'),
};
const SUCCESS_TEXTS: Readonly<Record<number, string>> = {
  200: 'Success',
  201: 'Created',
  204: 'Done; the answer is empty',
  302: 'Redirects the browser',
  303: 'Redirects the browser',
};

export function answersOf(input: AnswersInput, schemas: OwnSchemas): Record<string, object> {
  const texts = faultsOf(input);
  return { ...successes(input.description, schemas), ...faultAnswers(texts, input, schemas) };
}

function successes(description: RouteDescription, schemas: OwnSchemas): Record<string, object> {
  const { status = 200, response, types, headers = [], answers = {} } = description;
  const isRedirect = status >= 300 && status < 400;
  const named = headersOf([...(isRedirect ? (['Location'] as const) : []), ...headers]);
  const own = {
    description: SUCCESS_TEXTS[status] ?? 'Success',
    ...(description.takesProof ? { headers: { ...named.headers, ...NONCE_HEADER } } : named),
    ...contentOf({ response, types }, schemas),
  };
  const further = Object.entries(answers).map(([code, { text, ...content }]) => [
    code,
    { description: text, ...contentOf(content, schemas) },
  ]);
  return { [status]: own, ...(Object.fromEntries(further) as Record<string, object>) };
}

function contentOf(
  { response, types = [] }: { response?: RouteDescription['response']; types?: readonly TextType[] },
  schemas: OwnSchemas,
): { content?: object } {
  const texts = types.map((type) => [type, { schema: { type: 'string' } }] as const);
  if (!response && texts.length === 0) return {};
  const json = response && { 'application/json': { schema: schemas.convert(response, 'output') } };
  return { content: { ...json, ...Object.fromEntries(texts) } };
}

/** Error answers. @param texts by status: their codes, and what else is to say */
export function faultAnswers(
  texts: Readonly<Record<number, string>>,
  { description, policy, requirements }: Pick<AnswersInput, 'description' | 'policy' | 'requirements'>,
  schemas: OwnSchemas,
): Record<string, object> {
  const { shape = 'management', page } = description;
  const takesKeys = requirements.some((one) => 'apiKey' in one);
  return Object.fromEntries(
    Object.entries(texts).map(([status, text]) => {
      const examples = errorExamples(shape, Number(status), text);
      const media = {
        schema: schemas.convert(ERROR_SCHEMAS[shape], 'output'),
        ...(Object.keys(examples).length > 0 && { examples }),
      };
      const headers = { ...headersOf(headersOfError(Number(status), requirements)).headers };
      if (status === '401' && headers['WWW-Authenticate'] && policy)
        headers['WWW-Authenticate'] = { ...headers['WWW-Authenticate'], ...stepUpExample(policy) };
      if (status === '429' && takesKeys) Object.assign(headers, RATE_LIMIT_HEADERS);
      if (description.takesProof && /\buse_dpop_nonce\b/.test(text)) Object.assign(headers, NONCE_HEADER);
      const answer = {
        description: text,
        ...(Object.keys(headers).length > 0 && { headers }),
        content: { 'application/json': media, ...(page && { 'text/html': { schema: { type: 'string' } } }) },
      };
      return [status, answer];
    }),
  );
}

function headersOf(names: readonly (keyof typeof HEADERS)[]): { headers?: Record<string, object> } {
  if (names.length === 0) return {};
  return { headers: Object.fromEntries(names.map((name) => [name, HEADERS[name]])) };
}

function headersOfError(status: number, requirements: readonly Requirement[]): (keyof typeof HEADERS)[] {
  if (status === 401 && requirements.some((one) => Object.keys(one).length > 0)) return ['WWW-Authenticate'];
  if (status === 405) return ['Allow'];
  return status === 429 || status === 503 ? ['Retry-After'] : [];
}

/** What our guards may answer before a route, its own or one of the host's. */
export function guardFaults(policy: AuthPolicy | undefined, requirements: readonly Requirement[], isOAuth = false) {
  const code = (management: string, oauth: string) => (isOAuth ? oauth : management);
  const texts: Record<number, string> = {
    503: `${code('SERVICE_UNAVAILABLE', 'temporarily_unavailable')}: what the answer depends on is not available; try again after \`Retry-After\` seconds`,
  };
  const isGuarded = policy !== undefined && !policy.isPublic;
  if (isGuarded) {
    const none = policy.isOptional ? '' : 'no credential, or ';
    texts[400] = `${code('INVALID_REQUEST', 'invalid_request')}: more than one credential`;
    const stepUp = stepUpText(policy);
    const weak =
      stepUp === null ? '' : `, ${code('INSUFFICIENT_USER_AUTHENTICATION', 'insufficient_user_authentication')}`;
    texts[401] = `${code('UNAUTHORIZED', 'unauthorized, invalid_token')}${weak}: ${none}one that is not good${stepUp === null ? '' : `; ${stepUp}`}`;
    const lacking = lackingText(policy);
    if (lacking !== null) texts[403] = lacking;
  }
  if (requirements.some((one) => 'apiKey' in one))
    texts[429] = 'RATE_LIMITED, USAGE_EXCEEDED: the limits of the API key';
  if (requirements.some((one) => 'administration' in one)) {
    texts[401] = 'UNAUTHORIZED: the guard of the host says no';
    texts[403] = 'FORBIDDEN: the guard of the host says no';
    texts[404] = 'NOT_FOUND: administration is off';
  }
  return texts;
}

/** What a route requires beyond a good credential; null: nothing. */
function lackingText({ scopes, anyScope, roles }: AuthPolicy): string | null {
  const needed = [...scopes, ...anyScope.map((group) => group.join(' or '))];
  const needsRole = roles.map((group) => `the role ${group.join(' or ')}`);
  const codes = [...(needed.length > 0 ? ['INSUFFICIENT_SCOPE'] : []), ...(needsRole.length > 0 ? ['FORBIDDEN'] : [])];
  return codes.length === 0 ? null : `${codes.join(', ')}: needs ${[...needed, ...needsRole].join(', ')}`;
}

/** What every route of ours may answer, and what this one adds. */
function faultsOf({
  description,
  policy,
  requirements,
  takesBody,
  checksOrigin,
}: AnswersInput): Record<number, string> {
  const isOAuth = description.shape === 'oauth';
  const code = (management: string, oauth: string) => (isOAuth ? oauth : management);
  const general: Record<number, string> = { 400: code('VALIDATION_ERROR, BAD_REQUEST', 'invalid_request') };
  if (takesBody) {
    general[413] = `${code('PAYLOAD_TOO_LARGE', 'invalid_request')}: more than 64 KiB`;
    general[415] = `${code('UNSUPPORTED_MEDIA_TYPE', 'invalid_request')}: the body is of another type`;
  }
  if (checksOrigin) general[403] = `${code('INVALID_ORIGIN', 'access_denied')}: from a site that is not trusted`;
  const texts: Record<number, string> = { ...(description.errors as Record<number, string> | undefined) };
  for (const more of [guardFaults(policy, requirements, isOAuth), general])
    for (const [status, text] of Object.entries(more)) texts[Number(status)] = added(texts[Number(status)], text);
  return texts;
}

const CODES = /^[A-Za-z_]+(, [A-Za-z_]+)*$/;

/** The codes of the route, and those that it has in common with others. */
function added(own: string | undefined, common: string): string {
  if (own === undefined) return common;
  const [codes = '', ...rest] = common.split(': ');
  const [ownCodes = '', ...ownRest] = own.split(': ');
  if (!CODES.test(ownCodes)) return own;
  const missing = codes.split(', ').filter((one) => !ownCodes.split(', ').includes(one));
  if (missing.length === 0) return own;
  const text = [...ownRest, ...rest].join('; ');
  return [ownCodes, ...missing].join(', ') + (text === '' ? '' : `: ${text}`);
}
