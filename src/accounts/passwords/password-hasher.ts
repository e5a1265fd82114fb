import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const KEY_BYTES = 64;
const SALT_BYTES = 16;
/** OWASP's third choice: 32 MiB per hash. With more, a few sign-ins at once could exhaust the server's memory. */
const COST: Cost = { N: 2 ** 15, r: 8, p: 3 };
/** better-auth: `<32 hex salt>:<128 hex key>`, the salt used as its hex text. */
const LEGACY_COST: Cost = { N: 2 ** 14, r: 16, p: 1 };
const LEGACY = /^([0-9a-f]{32}):([0-9a-f]{128})$/;
const CURRENT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{86})$/;
const NOBODY_SALT = randomBytes(SALT_BYTES);
/** libuv has four threads; one stays free for name look-ups and files. */
const MAX_CONCURRENT = 3;

export interface PasswordCheck {
  readonly matches: boolean;
  /** The stored hash is of an older kind and should be replaced now that the password is known. */
  readonly outdated: boolean;
}

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Hashes a new password (scrypt, off the main thread), NFKC-normalised as better-auth does.
 *
 * @example
 * const stored = await hashPassword('correct horse battery staple'); // $scrypt$ln=…
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return `$scrypt$ln=${Math.log2(COST.N)},r=${COST.r},p=${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/**
 * Checks a password against a stored hash, ours or better-auth's.
 * Takes the same time for a current hash, an old one and none (pass null for an unknown user): a current hash is always computed.
 *
 * @example
 * const { matches, outdated } = await checkPassword(password, stored);
 * if (matches && outdated) stored = await hashPassword(password);
 */
export async function checkPassword(password: string, stored: string | null): Promise<PasswordCheck> {
  const current = stored === null ? null : CURRENT.exec(stored);
  if (current) {
    const cost = { N: 2 ** Number(current[1]), r: Number(current[2]), p: Number(current[3]) };
    const key = await derive(password, Buffer.from(current[4]!, 'base64url'), cost);
    return {
      matches: timingSafeEqual(key, Buffer.from(current[5]!, 'base64url')),
      outdated: cost.N !== COST.N || cost.r !== COST.r || cost.p !== COST.p,
    };
  }
  const legacy = stored === null ? null : LEGACY.exec(stored);
  const [, key] = await Promise.all([
    derive(password, NOBODY_SALT, COST),
    legacy && derive(password, legacy[1]!, LEGACY_COST),
  ]);
  return {
    matches: legacy !== null && key !== null && timingSafeEqual(key, Buffer.from(legacy[2]!, 'hex')),
    outdated: true,
  };
}

async function derive(password: string, salt: Buffer | string, cost: Cost): Promise<Buffer> {
  if (running >= MAX_CONCURRENT) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await runScrypt(password.normalize('NFKC'), salt, { ...cost, maxmem: 256 * cost.N * cost.r });
  } finally {
    running--;
    waiting.shift()?.();
  }
}

function runScrypt(password: string, salt: Buffer | string, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
