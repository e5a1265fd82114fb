import { randomText } from '../../common/crypto.js';

/** What user codes look like (RFC 8628 6.1). */
export interface UserCodeFormat {
  /** Characters that may occur, each listed once. */
  readonly alphabet: string;
  /** Characters of the alphabet in a code. */
  readonly length: number;
  /** Characters between two dashes when a code is shown; 0: no dashes. */
  readonly groupSize: number;
}

/** No vowels, so that codes form no words; no digits, which look like letters. 8 characters carry 34.5 bits (RFC 8628 6.1). */
export const DEFAULT_USER_CODE_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';

/** What users type between the groups of a code; all of it is ignored, and nothing else. */
const SEPARATORS = /[\s._\p{Dash_Punctuation}]/gu;
/** No code with separators is longer; longer texts are refused unread (T105). */
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
 * What a user typed, in the form that was minted: without separators, and in the case of the alphabet if it has only one.
 * @returns null when it cannot be a code, so that no statement is needed
 */
export function normaliseUserCode(typed: string, { alphabet, length }: UserCodeFormat): string | null {
  if (typed.length > MAX_TYPED_LENGTH) return null;
  const code = inCaseOf(alphabet, typed.replaceAll(SEPARATORS, ''));
  if (code.length !== length) return null;
  return [...code].every((character) => alphabet.includes(character)) ? code : null;
}

/** ASCII letters only: Unicode maps other characters to them (the Kelvin sign to k, an eszett to SS). */
function inCaseOf(alphabet: string, code: string): string {
  if (!/[a-z]/.test(alphabet)) return code.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
  if (!/[A-Z]/.test(alphabet)) return code.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return code;
}
