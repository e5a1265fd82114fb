import { displayNameFault, normaliseDisplayName } from './display-name.js';

describe('F11: names that people are shown', () => {
  it.each([
    'Shop',
    'My App 2.0 (beta)',
    '商店',
    'Café',
    'Weather \u2600\uFE0F',
    '\u{1F469}\u200D\u{1F4BB} Tools',
    '\u{1F469}\u{1F3FD}\u200D\u{1F4BB}',
    '\u2764\uFE0F\u200D\u{1F525}',
    '\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645',
    '\u0915\u094D\u200D\u0937',
    '-',
    '<b>',
  ])('%j is one', (name) => expect(displayNameFault(name)).toBeNull());

  it.each([
    '',
    ' ',
    '\t',
    'a\nb',
    'a\u0085b',
    'a\u2028b',
    '\ud800',
    'a\u200Bb',
    'a\u200Cb',
    'a\u200Db',
    'a\u200E',
    '\u202Eabc',
    'a\u2066b\u2069',
    'a\u2060b',
    'a\uFEFFb',
    'a\u00ADb',
    'a\u034Fb',
    'a\u061Cb',
    'a\u17B4b',
    'a\u180Eb',
    'a\uFE0Fb',
    'a\u{E0100}b',
    'a\u{E0041}b',
    'a\u{1D173}b',
    '\u3164',
    '\uFFA0',
    '\u115F',
    '\u00A0',
    '\u3000',
    '\u2800',
    '\u0301',
    '\u{1F469}\u200D',
    '\u0645\u200C',
  ])('%j is none', (name) => expect(displayNameFault(name)).not.toBeNull());

  it('have one form', () => {
    expect(normaliseDisplayName(' \uFF27\uFF4F\uFF4Fgle\u00A0')).toBe('Google');
    expect(normaliseDisplayName('Cafe\u0301')).toBe('Café');
  });
});
