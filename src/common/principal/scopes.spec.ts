import { formatScope, isScopeToken, isSubset, parseScope } from './scopes.js';

describe('RFC 6749 3.3 scope', () => {
  it.each(['a', 'reports:read', 'https://example.com/x', '!', '~', '#$%&()*+,-./', '[', ']'])(
    '%j is a scope-token',
    (token) => {
      expect(isScopeToken(token)).toBe(true);
    },
  );

  it.each(['', ' ', 'a b', '"', 'a"b', '\\', 'a\\b', 'ä', 'a\n', '\u007f', 'a\t'])('%j is none', (token) => {
    expect(isScopeToken(token)).toBe(false);
  });

  it.each<[string, string[] | null]>([
    ['', []],
    ['   ', []],
    ['a', ['a']],
    ['b a b', ['b', 'a']],
    [' a  b ', ['a', 'b']],
    ['a\tb', null],
    ['a "b"', null],
    ['a ü', null],
  ])('%j is parsed as %j', (text, expected) => {
    expect(parseScope(text)).toEqual(expected);
  });

  it.each<[string[], string[], boolean]>([
    [[], [], true],
    [[], ['a'], true],
    [['a'], ['a', 'b'], true],
    [['a', 'c'], ['a', 'b'], false],
    [['A'], ['a'], false],
    [['a*'], ['ab'], false],
    [['__proto__'], ['a'], false],
  ])('%j within %j: %j', (asked, held, expected) => {
    expect(isSubset(asked, new Set(held))).toBe(expected);
  });

  it('is written with single spaces', () => {
    expect(formatScope(new Set(['b', 'a']))).toBe('b a');
  });
});
