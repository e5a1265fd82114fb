import { impliedScopesOf } from './implied-scopes.js';

describe('scopes that have others within them', () => {
  const implied = impliedScopesOf('impliedScopes', {
    admin: ['files:write', 'users:write'],
    'files:write': ['files:read'],
    'files:read': ['files:list'],
  })!;
  const holds = (held: string[], scope: string) => implied.holds(new Set(held), scope);

  it('G16 over one step and over several, never upwards', () => {
    expect([
      holds(['files:write'], 'files:read'),
      holds(['admin'], 'files:list'),
      holds(['admin'], 'users:write'),
    ]).toEqual([true, true, true]);
    expect([holds(['files:read'], 'files:write'), holds(['files:list'], 'admin'), holds([], 'files:list')]).toEqual([
      false,
      false,
      false,
    ]);
    expect(holds(['other'], 'other')).toBe(true);
  });

  it('none at all: nothing to ask', () => expect(impliedScopesOf('impliedScopes', {})).toBeNull());

  it.each([
    [{ a: ['a'] }, '"a" implies itself, over one of a'],
    [{ a: ['b'], b: ['c'], c: ['a'] }, '"a" implies itself, over one of b'],
  ])('T183 a circle would make the narrow scope as good as the wide one: %j stops the boot', (given, message) => {
    expect(() => impliedScopesOf('impliedScopes', given)).toThrow(`impliedScopes: ${message}. Leave out the way back.`);
  });

  it('names of Object.prototype are names like all others', () => {
    const odd = impliedScopesOf('impliedScopes', { a: ['constructor'] })!;
    expect([odd.holds(new Set(['a']), 'constructor'), odd.holds(new Set(['a']), 'toString')]).toEqual([true, false]);
  });
});
