import { toBase32 } from '../../../../two-factor/factors/totp.js';
import { openOfSource } from '../source-secrets.js';
import { asText, type SourceRow } from '../source-values.js';

/** A second factor of better-auth, opened. */
export interface OldFactor {
  /** Base32. */
  readonly secret: string;
  /** As `BackupCodes` reads them, without a dash; null: they cannot be read, or have another form. */
  readonly codes: readonly string[] | null;
}

/** Before a secret that another provider made; a generated one is the key itself, as text. */
const MADE_ELSEWHERE = 'base32:';
const BASE32 = /^[A-Z2-7]+$/;
/** The form that `BackupCodes` takes. */
const BACKUP_CODE = /^[A-Za-z0-9]{5}-?[A-Za-z0-9]{5}$/;

/** Whether a code of the app has confirmed it. Versions without the column ask for all. */
export function isConfirmed({ verified }: SourceRow): boolean {
  return verified !== false;
}

/** @returns null when none of these secrets opens it */
export function openFactor(row: SourceRow, secrets: readonly string[]): OldFactor | null {
  const text = openOfSource(asText(row['secret']) ?? '', secrets);
  const secret = text && toSecret(text);
  return secret ? { secret, codes: codesOf(asText(row['backupCodes']) ?? '', secrets) } : null;
}

function toSecret(text: string): string | null {
  if (!text.startsWith(MADE_ELSEWHERE)) return toBase32(Buffer.from(text));
  const secret = text.slice(MADE_ELSEWHERE.length).toUpperCase().replace(/=+$/, '');
  return BASE32.test(secret) ? secret : null;
}

/** Encrypted as the secret is, or JSON as it stands (`storeBackupCodes: 'plain'`). */
function codesOf(stored: string, secrets: readonly string[]): string[] | null {
  const codes = listOf(openOfSource(stored, secrets) ?? stored);
  if (!codes?.every((code) => typeof code === 'string' && BACKUP_CODE.test(code))) return null;
  return [...new Set((codes as string[]).map((code) => code.replace('-', '')))];
}

function listOf(text: string): unknown[] | null {
  try {
    const parsed = JSON.parse(text) as unknown;
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
