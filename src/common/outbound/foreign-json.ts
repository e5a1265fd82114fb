/** A JSON object from another server. Its members are unchecked. */
export type ForeignObject = Readonly<Record<string, unknown>>;

/** Called with the name of a member that cannot be read, and so counts as absent. */
export type Unreadable = (member: string) => void;

/** `Bearer` in the spellings that servers use. A token of another type must not go into a Bearer header (RFC 6749 7.1). */
const BEARER = /^bearer(?:[ _-]?token)?$/i;
const SECONDS = /^\d{1,15}(?:\.\d{1,9})?$/;
const LIFETIMES = ['expires_in', 'refresh_token_expires_in', 'refresh_expires_in'];
const TOKENS = ['access_token', 'refresh_token', 'id_token'];

/** Parses a JSON object, whatever the content type says. @returns null when the text is not one */
export function parseForeignObject(text: string): ForeignObject | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Parses a token response: JSON, or a form as in drafts before RFC 6749. @returns null when the text is neither */
export function parseTokenAnswer(text: string): ForeignObject | null {
  const object = parseForeignObject(text);
  const written = text.trim();
  if (object || !/^[\w.-]+=[^\r\n\t<>]*$/.test(written)) return object;
  const form = Object.fromEntries(new URLSearchParams(written));
  return 'access_token' in form || 'error' in form ? form : null;
}

export function asObject(value: unknown): ForeignObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** Many servers write null for absent members. */
export function withoutNulls(object: ForeignObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
}

/** Corrects a token response (RFC 6749 5.1): a missing type becomes Bearer, a list of scopes a text, digits a number. */
export function normaliseTokenAnswer(answer: ForeignObject, unreadable: Unreadable): Record<string, unknown> {
  const read = withoutNulls(answer);
  const set = (member: string, value: unknown): void => {
    if (value === undefined) delete read[member];
    else read[member] = value;
  };
  for (const member of TOKENS)
    set(
      member,
      tokenOf(read[member], () => unreadable(member)),
    );
  for (const member of LIFETIMES)
    set(
      member,
      secondsOf(read[member], () => unreadable(member)),
    );
  set(
    'scope',
    scopeOf(read['scope'], () => unreadable('scope')),
  );
  set(
    'token_type',
    typeOf(read['token_type'], () => unreadable('token_type')),
  );
  return read;
}

/** Corrects a server's metadata (OpenID Connect Discovery 3, RFC 8414 2): lists written as a text become lists. */
export function normaliseMetadata(document: ForeignObject, unreadable: Unreadable): Record<string, unknown> {
  const entries = Object.entries(withoutNulls(document)).flatMap(([member, value]) => {
    if (value === '') return [];
    if (member.endsWith('_parameter_supported')) return [[member, value === true || value === 'true']];
    if (!member.endsWith('_supported') || typeof value === 'boolean') return [[member, value]];
    if (typeof value === 'string') return [[member, value.split(/[\s,]+/).filter(Boolean)]];
    if (Array.isArray(value)) return [[member, value.filter((one) => typeof one === 'string')]];
    unreadable(member);
    return [];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** Corrects the claims of a userinfo response (OIDC Core 5.3.2): a numeric `sub` becomes a text. */
export function normaliseClaims(claims: ForeignObject): Record<string, unknown> {
  const read = withoutNulls(claims);
  return Number.isSafeInteger(read['sub']) ? { ...read, sub: String(read['sub']) } : read;
}

/** Removes null members from the keys of a key set (RFC 7517 5). */
export function normaliseKeySet(keySet: ForeignObject): Record<string, unknown> {
  const { keys } = keySet;
  return Array.isArray(keys) ? { ...keySet, keys: keys.map((key) => withoutNulls(asObject(key) ?? {})) } : keySet;
}

function tokenOf(value: unknown, unreadable: () => void): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (value !== undefined && value !== '' && value !== false) unreadable();
  return undefined;
}

function secondsOf(value: unknown, unreadable: () => void): number | undefined {
  const seconds = typeof value === 'string' && SECONDS.test(value.trim()) ? Number(value) : value;
  if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) return seconds;
  if (seconds !== undefined && seconds !== '') unreadable();
  return undefined;
}

function scopeOf(value: unknown, unreadable: () => void): string | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((one) => typeof one === 'string');
  if (texts.length < list.length && value !== undefined) unreadable();
  if (texts.length === 0 && list.length > 0) return undefined;
  return texts.join(' ').trim().replaceAll(/\s+/g, ' ');
}

/** A type other than Bearer keeps its name; the caller must refuse it. */
function typeOf(value: unknown, unreadable: () => void): unknown {
  const [type, ...more] = [value].flat();
  if (type === undefined || type === '') return 'Bearer';
  if (typeof type === 'string' && more.length === 0 && BEARER.test(type.trim())) return 'Bearer';
  unreadable();
  return typeof type === 'string' ? type : 'unknown';
}
