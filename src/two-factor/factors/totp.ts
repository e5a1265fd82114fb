import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 20;
const STEP_SECONDS = 30;
const DIGITS = 6;
/** The step of now, and one before and after it for clocks that differ and people who type slowly (RFC 6238 5.2). */
const STEPS = [0, -1, 1] as const;
const CODE = /^\d{6}$/;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 160 bits (RFC 4226 4), in Base32, as people type it into their app. */
export function newTotpSecret(): string {
  return toBase32(randomBytes(SECRET_BYTES));
}

/** The code of one step (RFC 4226 5.3 with SHA-1). */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = digest[digest.length - 1]! & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The step of a moment (RFC 6238 4.2). */
export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / 1000 / STEP_SECONDS);
}

/**
 * Which step a code is of; null: of none that counts now. All are compared, whichever fits, so that the time tells nothing.
 * @param code spaces do not matter: apps show them
 */
export function stepOf(secret: string, code: string, now: Date): number | null {
  const typed = code.replaceAll(/\s/g, '');
  if (!CODE.test(typed)) return null;
  const current = totpStep(now);
  const fitting = STEPS.map((offset) => current + offset).filter((step) =>
    timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(typed)),
  );
  return fitting[0] ?? null;
}

/** What an app reads, as a link or a QR code. Percent-encoded throughout: some apps show a plus sign as it stands. */
export function totpUri({
  secret,
  issuer,
  account,
}: Readonly<Record<'secret' | 'issuer' | 'account', string>>): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = `secret=${secret}&issuer=${encodeURIComponent(issuer)}&digits=${DIGITS}&period=${STEP_SECONDS}`;
  return `otpauth://totp/${label}?${query}`;
}

/** RFC 4648 6, without padding. */
export function toBase32(bytes: Buffer): string {
  let text = '';
  let [rest, bits] = [0, 0];
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(rest >> bits) & 31];
    }
    rest &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(rest << (5 - bits)) & 31] : text;
}

/** Of what `toBase32` has made. */
export function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let [rest, bits] = [0, 0];
  for (const letter of text) {
    rest = ((rest << 5) | BASE32.indexOf(letter)) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((rest >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
