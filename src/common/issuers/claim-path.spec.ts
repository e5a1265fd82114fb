import { claimPath, textsOf } from './claim-path.js';

const CLAIMS = {
  roles: ['a'],
  realm_access: { roles: ['b'] },
  resource_access: { 'my.app': { roles: ['c'] } },
  'cognito:groups': ['d'],
  'https://example.com/roles': ['e'],
  text: 'f',
};

describe('the path of a claim', () => {
  it.each<[string, unknown]>([
    ['roles', ['a']],
    ['realm_access.roles', ['b']],
    ['resource_access."my.app".roles', ['c']],
    ['cognito:groups', ['d']],
    ['"https://example.com/roles"', ['e']],
    ['text', 'f'],
    ['nothing', undefined],
    ['roles.length', undefined],
    ['text.length', undefined],
    ['constructor.name', undefined],
    ['__proto__.toString', undefined],
    ['realm_access.toString', undefined],
  ])('%s', (path, value) => {
    // The length of a list is its own member, but no list of texts.
    expect(textsOf(claimPath(path)(CLAIMS))).toEqual(textsOf(value));
  });

  it.each(['', 'a.', '.a', 'a..b', '"a', 'a"b"', 'a b', 'https://example.com/roles', '""'])(
    '%j cannot be read',
    (path) => {
      expect(() => claimPath(path)).toThrow(/double quotes|it is empty/);
    },
  );

  it('takes a list or one text, and nothing else', () => {
    expect(textsOf('one')).toEqual(['one']);
    expect(textsOf(['one', 2, null, '', { admin: true }])).toEqual(['one']);
    for (const other of [undefined, null, 1, true, { admin: {} }]) expect(textsOf(other)).toEqual([]);
  });
});
