import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { hmacSha256 } from '../crypto.js';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + IV_BYTES + TAG_BYTES;

interface DerivedSecret {
  readonly keyId: Buffer;
  // Made once: OpenSSL takes longer to import a key than to use it.
  readonly key: KeyObject;
  readonly digestKey: KeyObject;
  readonly signingKey: KeyObject;
}

/**
 * Encrypts secrets that must be read again (AES-256-GCM under a key derived from `secret`), and signs values that leave the server and
 * come back. The newest secret encrypts and signs; every listed one decrypts and verifies, so that a secret can be rotated.
 */
export class SecretBox {
  private readonly derived: readonly DerivedSecret[];

  constructor(secrets: readonly string[]) {
    this.derived = secrets.map((secret) => ({
      keyId: hash('sha256', `nest-authority key id ${secret}`, 'buffer').subarray(0, KEY_ID_BYTES),
      key: derivedKey(secret, 'encryption'),
      digestKey: derivedKey(secret, 'digest'),
      signingKey: createSecretKey(secret, 'utf8'),
    }));
  }

  /** @param context what the text is, e.g. `signing-key:<kid>`; the box opens only under the same context */
  seal(text: string, context: string): Buffer {
    const newest = this.derived[0]!;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', newest.key, iv);
    cipher.setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), newest.keyId, iv, cipher.getAuthTag(), sealed]);
  }

  /** @returns null when no listed secret opens it: it was sealed under a removed secret or another context, or was changed */
  open(box: Buffer, context: string): string | null {
    const keyId = box.subarray(1, 1 + KEY_ID_BYTES);
    const match = this.derived.find((derived) => derived.keyId.equals(keyId));
    if (!match || box[0] !== VERSION || box.length < HEADER_BYTES) return null;
    const iv = box.subarray(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + IV_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', match.key, iv);
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(box.subarray(1 + KEY_ID_BYTES + IV_BYTES, HEADER_BYTES));
    try {
      return Buffer.concat([decipher.update(box.subarray(HEADER_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }

  /** Whether the newest secret sealed this box; if not, seal it again. */
  isCurrent(box: Buffer): boolean {
    return this.derived[0]!.keyId.equals(box.subarray(1, 1 + KEY_ID_BYTES));
  }

  /**
   * Keyed digests of a text that is too short for a plain hash: without the key, a copy of the table does not allow trying all texts.
   * Store the first digest, made with the newest secret; look up by all of them, to find rows stored under an older secret.
   * @param context what the text is, e.g. `user-code`
   */
  digests(text: string, context: string): Buffer[] {
    return this.derived.map(({ digestKey }) => hmacSha256(digestKey, `${context}\0${text}`));
  }

  /** Base64 (standard, padded) HMAC-SHA256 with the secret itself: the signature of better-auth's cookies. */
  sign(value: string): string {
    return hmacSha256(this.derived[0]!.signingKey, value).toString('base64');
  }

  verify(value: string, signature: string): boolean {
    const given = Buffer.from(signature, 'base64');
    // Exact text only: base64 decoders ignore trailing bits, so one signature would have several spellings.
    if (given.length !== 32 || given.toString('base64') !== signature) return false;
    return this.derived.some((derived) => timingSafeEqual(hmacSha256(derived.signingKey, value), given));
  }
}

function derivedKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'nest-authority', purpose, 32)));
}
