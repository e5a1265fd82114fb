/** What a key of each type is made of (RFC 7518 6, RFC 8037 2). */
const PUBLIC_PARTS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};
const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MAX_KEYS = 20;

/** Why a key set is none that a client may register; null when it is one (RFC 7517 5): public keys only. */
export function keySetFault(keySet: Readonly<Record<string, unknown>>): string | null {
  const keys = keySet['keys'];
  if (!Array.isArray(keys) || keys.length === 0) return 'it holds no keys';
  if (keys.length > MAX_KEYS) return `it holds more than ${MAX_KEYS} keys`;
  for (const key of keys) {
    const fault = keyFault(key);
    if (fault !== null) return fault;
  }
  return null;
}

function keyFault(key: unknown): string | null {
  if (typeof key !== 'object' || key === null) return 'a key is no object';
  const parts = key as Readonly<Record<string, unknown>>;
  const { kty } = parts;
  const needed = typeof kty === 'string' && Object.hasOwn(PUBLIC_PARTS, kty) ? PUBLIC_PARTS[kty] : null;
  if (!needed) return 'a key is of no type that has a public half';
  if (PRIVATE_PARTS.some((name) => name in parts)) return 'a key is a private one';
  return needed.every((name) => typeof parts[name] === 'string' && parts[name] !== '') ? null : 'a key is incomplete';
}
