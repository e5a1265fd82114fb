import { randomText } from '../../common/crypto.js';

/** What user codes look like (RFC 8628 6.1). */
export interface UserCodeFormat {
  /** Characters that may occur; each once. */
  readonly alphabet: string;
  /** Characters of the alphabet in a code. */
  readonly length: number;
  /** Characters between two dashes when a code is shown; 0: no dashes. */
  readonly groupSize: number;
}

/** No vowels, so that no word comes out, and no digits, so that none is taken for a letter: 8 of these carry 34.5 bits (RFC 8628 6.1). */
export const DEFAULT_USER_CODE_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';

/** What people put between the groups of a code. Nothing but these is forgiven. */
const SEPARATORS = /[\s._\p{Dash_Punctuation}]/gu;
/** Longer than any code with its separators: refused unread (T105). */
const MAX_TYPED_LENGTH = 128;

/** A new code, without dashes. */
export function mintUserCode({ alphabet, length }: UserCodeFormat): string {
  return randomText(alphabet, length);
}

/** A code as devices and pages show it. */
export function formatUserCode(code: string, { groupSize }: UserCodeFormat): string {
  if (groupSize === 0) return code;
  const groups: string[] = [];
  for (let start = 0; start < code.length; start += groupSize) groups.push(code.slice(start, start + groupSize));
  return groups.join('-');
}

/**
 * What somebody typed, as it was minted: without separators, and in the one case of the alphabet where it has one.
 * @returns null when it cannot be a code; then nobody needs to look it up
 */
export function normaliseUserCode(typed: string, { alphabet, length }: UserCodeFormat): string | null {
  if (typed.length > MAX_TYPED_LENGTH) return null;
  const code = inCaseOf(alphabet, typed.replaceAll(SEPARATORS, ''));
  if (code.length !== length) return null;
  return [...code].every((character) => alphabet.includes(character)) ? code : null;
}

/** ASCII letters only: Unicode folds other characters into them (the Kelvin sign is a k, an eszett two letters). */
function inCaseOf(alphabet: string, code: string): string {
  if (!/[a-z]/.test(alphabet)) return code.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
  if (!/[A-Z]/.test(alphabet)) return code.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return code;
}
