import { AuthError } from '../errors/auth-error.js';
import { createPrincipal } from '../principal/auth-principal.js';
import type { HeaderBag } from '../http/request/headers.js';
import type { Authenticator } from './authenticator.js';
import { presentedCredential } from './presented-credential.js';

const authenticate = async () =>
  createPrincipal({ subjectId: 's', scheme: 'x', credentialType: 'x', credentialId: 'x' });

const bearer: Authenticator = {
  scheme: 'bearer',
  challenge: 'Bearer',
  carrier: 'header',
  present: () => undefined,
  claims: (value) => value.startsWith('naa_'),
  authenticate,
};
const key: Authenticator = {
  scheme: 'apiKey',
  challenge: 'ApiKey',
  carrier: 'header',
  present: (headers) => headers['x-api-key'] as string | undefined,
  claims: (value) => value.startsWith('key_'),
  authenticate,
};
const session: Authenticator = {
  scheme: 'session',
  challenge: 'Cookie',
  carrier: 'cookie',
  present: (headers) => headers['cookie'] as string | undefined,
  claims: () => false,
  authenticate,
};
const ALL = [key, bearer, session];

function presented(headers: HeaderBag, raw?: string[]) {
  const found = presentedCredential(headers, raw, ALL);
  return found && [found.authenticator.scheme, found.credential];
}

describe('presented credential', () => {
  it.each<[string, HeaderBag, unknown]>([
    ['nothing', {}, null],
    ['a token', { authorization: 'Bearer naa_1' }, ['bearer', 'naa_1']],
    ['a token of no known shape: the bearer scheme says no', { authorization: 'Bearer zzz' }, ['bearer', 'zzz']],
    ['several spaces', { authorization: 'Bearer   naa_1' }, ['bearer', 'naa_1']],
    ['another case of the scheme', { authorization: 'BEARER naa_1' }, ['bearer', 'naa_1']],
    ['a key as bearer', { authorization: 'Bearer key_1' }, ['apiKey', 'key_1']],
    ['a key in its header', { 'x-api-key': 'key_1' }, ['apiKey', 'key_1']],
    ['an empty header of a key', { 'x-api-key': '' }, null],
    ['a cookie', { cookie: 'c' }, ['session', 'c']],
    ['a cookie beside a key', { cookie: 'c', 'x-api-key': 'k' }, ['apiKey', 'k']],
    ['a cookie beside a token', { cookie: 'c', authorization: 'Bearer naa_1' }, ['bearer', 'naa_1']],
    ['a cookie beside Basic', { cookie: 'c', authorization: 'Basic YTpi' }, ['session', 'c']],
    ['Basic', { authorization: 'Basic YTpi' }, null],
    ['a scheme that only begins like ours', { authorization: 'Bearerish naa_1' }, null],
    ['an empty Authorization', { authorization: '' }, null],
  ])('%s', (_name, headers, expected) => {
    expect(presented(headers)).toEqual(expected);
  });

  const malformed: [string, HeaderBag, string[]?][] = [
    ['a token and a key', { authorization: 'Bearer naa_1', 'x-api-key': 'key_1' }],
    ['a key twice, as bearer and in its header', { authorization: 'Bearer key_1', 'x-api-key': 'key_1' }],
    ['Authorization twice', { authorization: 'Bearer naa_1' }, ['Authorization', 'Bearer naa_1', 'authorization', 'x']],
    [
      'Authorization twice, none of ours first',
      { authorization: 'Basic x' },
      ['authorization', 'Basic x', 'AUTHORIZATION', 'Bearer naa_1'],
    ],
    ['no value', { authorization: 'Bearer' }],
    ['a tab for a space', { authorization: 'Bearer\tnaa_1' }],
    ['two values', { authorization: 'Bearer a b' }],
    ['a comma', { authorization: 'Bearer a,b' }],
    ['padding in the middle', { authorization: 'Bearer a=b' }],
    ['8,193 characters', { authorization: `Bearer ${'a'.repeat(8_193)}` }],
  ];
  it.each(malformed.map(([name, headers, raw]) => ({ name, headers, raw })))('RFC 6750 3.1: 400 for $name', (row) => {
    const attempt = () => presented(row.headers, row.raw);
    expect(attempt).toThrow(AuthError);
    expect(attempt).toThrow(expect.objectContaining({ status: 400, error: 'invalid_request' }));
  });
});
