import { DEFAULT_USER_CODE_ALPHABET, formatUserCode, mintUserCode, normaliseUserCode } from './user-code.js';

const FORMAT = { alphabet: DEFAULT_USER_CODE_ALPHABET, length: 8, groupSize: 4 };

describe('RFC 8628 6.1 user codes', () => {
  it('have eight characters of twenty, in two groups', () => {
    for (let count = 0; count < 200; count++)
      expect(formatUserCode(mintUserCode(FORMAT), FORMAT)).toMatch(
        /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/,
      );
  });

  it('every character of the alphabet comes out', () => {
    const seen = new Set(Array.from({ length: 200 }, () => mintUserCode(FORMAT)).join(''));
    expect([...seen].sort().join('')).toBe(DEFAULT_USER_CODE_ALPHABET);
  });

  it.each([
    ['as shown', 'WDJB-MJHT'],
    ['in lower case', 'wdjb-mjht'],
    ['without dash', 'WDJBMJHT'],
    ['with spaces', ' w d j b  m j h t '],
    ['with other dashes, dots and tabs', 'wdjb\u2013\u2011mj.h_t\t'],
  ])('are read %s', (_name, typed) => {
    expect(normaliseUserCode(typed, FORMAT)).toBe('WDJBMJHT');
  });

  it.each([
    ['too short', 'WDJB-MJH'],
    ['too long', 'WDJB-MJHT-W'],
    ['a vowel', 'WDJB-MJHA'],
    ['a digit', 'WDJB-MJH0'],
    ['a Cyrillic look-alike', 'WDJ\u0412-MJHT'],
    ['full width', '\uFF37DJB-MJHT'],
    ['the Kelvin sign, which is a k in lower case', 'WDJB-MJH\u212A'],
    ['an eszett, which is SS in upper case', 'WDJB-MJ\u00DF'],
    ['10 KB', 'W'.repeat(10_240)],
    ['10 KB of dashes around a code', `${'-'.repeat(10_240)}WDJBMJHT`],
    ['nothing', ''],
  ])('T105 %s is no code', (_name, typed) => {
    expect(normaliseUserCode(typed, FORMAT)).toBeNull();
  });

  it('keep their case where the alphabet has both, and are lowered where it has the small one', () => {
    const both = { alphabet: 'abcdefghijABCDEFGHIJ', length: 8, groupSize: 0 };
    expect(normaliseUserCode('aAbBcCdD', both)).toBe('aAbBcCdD');
    expect(normaliseUserCode('ABCD-EFGH', { ...both, alphabet: 'abcdefghij' })).toBe('abcdefgh');
    expect(formatUserCode('aAbBcCdD', both)).toBe('aAbBcCdD');
    expect(formatUserCode('aAbBcCdD', { ...both, groupSize: 3 })).toBe('aAb-BcC-dD');
  });
});
