import { isWellFormedToken, mintToken, TOKEN_PREFIX } from './token-format.js';

describe('token format (T020, T041, T042)', () => {
  const token = mintToken('naa');

  it('is prefix, 43 characters of base62 for 32 bytes, 6 of checksum', () => {
    expect(token).toMatch(/^naa_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/);
    expect(mintToken('key', 20)).toMatch(/^key_[0-9A-Za-z]{27}[0-9A-Za-z]{6}$/);
    expect(isWellFormedToken(mintToken('key', 20), 'key', 20)).toBe(true);
  });

  it('never comes twice', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => mintToken('x'))).size).toBe(1_000);
  });

  it('uses every character of the alphabet', () => {
    const seen = new Set(Array.from({ length: 200 }, () => mintToken('x').slice(2, 45)).join(''));
    expect(seen.size).toBe(62);
  });

  it('1,000 of them are well formed', () => {
    for (let index = 0; index < 1_000; index++) expect(isWellFormedToken(mintToken('nas'), 'nas')).toBe(true);
  });

  it.each<[string, (text: string) => string]>([
    ['truncated', (text) => text.slice(0, -1)],
    ['suffixed', (text) => `${text}A`],
    ['padded', (text) => `${text}=`],
    ['spaced', (text) => ` ${text}`],
    ['followed by a line break', (text) => `${text}\n`],
    ['in other case', (text) => text.slice(0, 4) + swapCase(text.slice(4))],
    ['of another prefix', (text) => text.replace('naa', 'nar')],
    ['of a prefix in capitals', (text) => text.replace('naa', 'NAA')],
    ['with one character changed', (text) => text.replace(/(.)(?=.{10}$)/, (char) => (char === 'a' ? 'b' : 'a'))],
    ['with two characters swapped', swapTwo],
    ['with a character outside the alphabet', (text) => `${text.slice(0, 10)}-${text.slice(11)}`],
    ['with a NUL', (text) => `${text.slice(0, 10)}\0${text.slice(11)}`],
    ['empty', () => ''],
    ['only its prefix', () => 'naa_'],
  ])('one that is %s is not well formed', (_name, change) => {
    expect(change(token)).not.toBe(token);
    expect(isWellFormedToken(change(token), 'naa')).toBe(false);
  });

  it('a token of one kind is none of another', () => {
    const prefixes = Object.values(TOKEN_PREFIX);
    for (const own of prefixes)
      for (const other of prefixes) expect(isWellFormedToken(mintToken(own), other)).toBe(own === other);
  });
});

function swapCase(text: string): string {
  return [...text].map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join('');
}

/** Swaps the first two neighbours that differ. */
function swapTwo(text: string): string {
  for (let index = 4; index < 40; index++) {
    if (text[index] !== text[index + 1]) {
      return text.slice(0, index) + text[index + 1] + text[index] + text.slice(index + 2);
    }
  }
  return text;
}
