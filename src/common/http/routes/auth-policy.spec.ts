import { AnyScope, ApiKeyAuth, Auth, BearerAuth, OptionalAuth, Public, Scopes } from '../../guards/decorators.js';
import { isDeclared, policyOf } from './auth-policy.js';

class Plain {
  none() {}
  @BearerAuth({ audience: 'x' }) @ApiKeyAuth() either() {}
  @Scopes('a') @Scopes('b', 'a') @AnyScope('c', 'd') @AnyScope('e') scoped() {}
  @Public() open() {}
  @OptionalAuth() optional() {}
}

@Auth('session')
@Scopes('class')
class Guarded {
  none() {}
  @BearerAuth() other() {}
  @Scopes('method') adds() {}
  @Public() open() {}
}

@Public()
class Open {
  none() {}
  @Scopes('x') scoped() {}
  @AnyScope('x') any() {}
  @BearerAuth() bearer() {}
  @OptionalAuth() optional() {}
}

@Scopes('derived')
class Derived extends Guarded {}

const policy = (controller: new () => object, method: string) => {
  const handler = (controller.prototype as Record<string, () => void>)[method]!;
  const found = policyOf(handler, controller);
  return { ...found, schemes: [...found.schemes.keys()].sort(), declared: isDeclared(handler, controller) };
};

describe('auth policy', () => {
  it.each<[string, new () => object, string, object]>([
    ['a bare route', Plain, 'none', { declared: false, isPublic: false, schemes: ['apiKey', 'bearer'], scopes: [] }],
    ['stacked schemes are alternatives', Plain, 'either', { schemes: ['apiKey', 'bearer'], isPublic: false }],
    [
      'decorators used twice add up',
      Plain,
      'scoped',
      { scopes: ['b', 'a'], anyScope: [['e'], ['c', 'd']], schemes: ['apiKey', 'bearer'] },
    ],
    ['public', Plain, 'open', { isPublic: true, declared: true }],
    ['optional', Plain, 'optional', { isOptional: true, isPublic: false }],
    ['the class speaks for the method', Guarded, 'none', { schemes: ['session'], scopes: ['class'], isPublic: false }],
    ['the nearest scheme wins', Guarded, 'other', { schemes: ['bearer'], scopes: ['class'] }],
    ['scopes add up', Guarded, 'adds', { schemes: ['session'], scopes: ['class', 'method'] }],
    ['public below a guarded class', Guarded, 'open', { isPublic: true }],
    ['a public class', Open, 'none', { isPublic: true }],
    ['scopes below a public class', Open, 'scoped', { isPublic: false, scopes: ['x'] }],
    ['any-scope below a public class', Open, 'any', { isPublic: false, anyScope: [['x']] }],
    ['a scheme below a public class', Open, 'bearer', { isPublic: false, schemes: ['bearer'] }],
    ['optional below a public class', Open, 'optional', { isPublic: false, isOptional: true }],
    ['an extended class keeps its scopes', Derived, 'none', { schemes: ['session'], scopes: ['class', 'derived'] }],
  ])('%s', (_name, controller, method, expected) => {
    expect(policy(controller, method)).toMatchObject(expected);
  });

  it('is read once per route and class', () => {
    expect(policyOf(Guarded.prototype.none, Guarded)).toBe(policyOf(Guarded.prototype.none, Guarded));
    expect(policyOf(Guarded.prototype.none, Derived)).not.toBe(policyOf(Guarded.prototype.none, Guarded));
    expect(policyOf(Guarded.prototype.none, Guarded).scopes).toEqual(['class']);
  });

  it('keeps what a decorator asks of a scheme', () => {
    expect(policyOf(Plain.prototype.either, Plain).schemes.get('bearer')).toEqual({ audience: 'x' });
  });

  it.each([[[]], [['a b']], [['a"']], [['']]])('stops the boot for @Scopes(%j)', (scopes) => {
    expect(() => Scopes(...(scopes as string[]))).toThrow('@Scopes');
    expect(() => AnyScope(...(scopes as string[]))).toThrow('@AnyScope');
  });
});
