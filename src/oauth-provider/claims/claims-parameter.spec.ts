import { AuthError } from '../../common/errors/auth-error.js';
import { namedClaims, readClaimsParameter, requestedSubject } from './claims-parameter.js';

const read = (value: unknown) => readClaimsParameter(typeof value === 'string' ? value : JSON.stringify(value));

describe('OIDC Core 5.5 the claims parameter', () => {
  it('reads what is asked for, and leaves other places alone', () => {
    expect(readClaimsParameter(undefined)).toBeNull();
    expect(
      read({
        userinfo: { given_name: { essential: true }, nickname: null },
        id_token: { acr: { values: ['1', '0'] }, auth_time: null },
        elsewhere: 7,
      }),
    ).toEqual({
      userinfo: { given_name: { essential: true }, nickname: null },
      id_token: { acr: { values: ['1', '0'] }, auth_time: null },
    });
  });

  it('5.5.1 unknown members of a claim are left alone', () => {
    expect(read({ id_token: { email: { purpose: 'why' } } })).toEqual({ id_token: { email: {} } });
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['an array', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['a place that is no object', { id_token: [] }],
    ['a claim that is no object', { id_token: { email: true } }],
    ['essential as a text', { id_token: { email: { essential: 'yes' } } }],
    ['values that are none', { id_token: { acr: { values: '1' } } }],
    ['a claim without a name', { userinfo: { '': null } }],
    ['61 claims', { userinfo: Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`c${i}`, null])) }],
    ['more than 4096 characters', { userinfo: { a: { value: 'x'.repeat(4_096) } } }],
    ['NUL in a name', '{"userinfo":{"a\\u0000":null}}'],
    ['NUL in a value', '{"id_token":{"sub":{"value":"\\u0000"}}}'],
    ['half a character', '{"id_token":{"sub":{"value":"\\ud800"}}}'],
    ['deep nesting', `{"id_token":{"x":{"value":${'['.repeat(1_900)}${']'.repeat(1_900)}}}}`],
    ['__proto__', '{"userinfo":{"__proto__":{"essential":true}}}'],
    ['constructor', '{"userinfo":{"constructor":null}}'],
  ])('T003 %s is invalid_request', (_name, value) => {
    expect(() => read(value)).toThrow(AuthError);
    expect(() => read(value)).toThrow(expect.objectContaining({ status: 400, error: 'invalid_request' }));
  });

  it('5.5.1 sub asks for a user', () => {
    expect(requestedSubject(read({ id_token: { sub: { value: 'anna' } } }))).toBe('anna');
    expect(requestedSubject(read({ id_token: { sub: null } }))).toBeNull();
    expect(requestedSubject(read({ userinfo: { sub: { value: 'anna' } } }))).toBeNull();
    expect(requestedSubject(null)).toBeNull();
    expect(requestedSubject(read({ id_token: { sub: { essential: true } } }))).toBeNull();
    expect(requestedSubject(read({ id_token: { sub: { values: ['anna'] } } }))).toBe('anna');
    expect(requestedSubject(read({ id_token: { sub: { value: 'anna', values: ['anna'] } } }))).toBe('anna');
  });

  it.each([{ value: 5 }, { value: null }, { values: [] }, { values: ['anna', 'eve'] }, { value: 'a', values: ['b'] }])(
    '3.1.2.2 sub as %j, which nobody or more than one is, is invalid_request',
    (sub) => {
      expect(() => requestedSubject(read({ id_token: { sub } }))).toThrow(
        expect.objectContaining({ status: 400, error: 'invalid_request' }),
      );
    },
  );

  it('names what needs consent, sorted, each once, without what every client learns', () => {
    const asked = read({ userinfo: { name: null, email: null, sub: null }, id_token: { email: null, acr: null } });
    expect(namedClaims(asked)).toEqual(['email', 'name']);
  });
});
