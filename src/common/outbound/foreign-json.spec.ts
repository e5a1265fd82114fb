import {
  normaliseClaims,
  normaliseKeySet,
  normaliseMetadata,
  normaliseTokenAnswer,
  parseTokenAnswer,
} from './foreign-json.js';

const read = (answer: Record<string, unknown>) => {
  const unreadable: string[] = [];
  return { answer: normaliseTokenAnswer(answer, (member) => unreadable.push(member)), unreadable };
};

describe('F25 a token answer as it is meant (RFC 6749 5.1)', () => {
  it.each<[string, object, object]>([
    ['no type', {}, { token_type: 'Bearer' }],
    ['null as a type', { token_type: null }, { token_type: 'Bearer' }],
    ['an empty type', { token_type: '' }, { token_type: 'Bearer' }],
    ['BearerToken', { token_type: 'BearerToken' }, { token_type: 'Bearer' }],
    ['bearer_token', { token_type: 'bearer_token' }, { token_type: 'Bearer' }],
    ['a list of one type', { token_type: ['bearer'] }, { token_type: 'Bearer' }],
    ['a list of scopes', { scope: ['a', 'b c'] }, { token_type: 'Bearer', scope: 'a b c' }],
    ['an empty list of scopes', { scope: [] }, { token_type: 'Bearer', scope: '' }],
    ['null members', { scope: null, refresh_token: null, id_token: null, expires_in: null }, { token_type: 'Bearer' }],
    ['empty tokens', { refresh_token: '', id_token: '', expires_in: '' }, { token_type: 'Bearer' }],
    ['odd spaces', { scope: ' a\n b ' }, { token_type: 'Bearer', scope: 'a b' }],
    ['digits', { expires_in: ' 3600 ' }, { token_type: 'Bearer', expires_in: 3600 }],
    ['a fraction', { expires_in: '3599.5' }, { token_type: 'Bearer', expires_in: 3599.5 }],
    ['what is not ours to read', { extra: { a: 1 } }, { token_type: 'Bearer', extra: { a: 1 } }],
  ])('F25 %s', (_, given, expected) => {
    const { answer, unreadable } = read({ access_token: 't', ...given });
    expect(answer).toEqual({ access_token: 't', ...expected });
    expect(unreadable).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['refresh_token', 5],
    ['id_token', {}],
    ['access_token', ['t']],
    ['expires_in', 'soon'],
    ['expires_in', -1],
    ['expires_in', Number.POSITIVE_INFINITY],
    ['refresh_expires_in', [1]],
    ['scope', { a: 1 }],
    ['scope', 7],
  ])('F25 %s that is %j counts as absent, and is reported', (member, value) => {
    const { answer, unreadable } = read({ [member]: value });
    expect(answer).not.toHaveProperty(member);
    expect(unreadable).toEqual([member]);
  });

  it('F25 another type keeps its name, and is reported', () => {
    expect(read({ token_type: 'mac' })).toEqual({ answer: { token_type: 'mac' }, unreadable: ['token_type'] });
    expect(read({ token_type: 5 })).toEqual({ answer: { token_type: 'unknown' }, unreadable: ['token_type'] });
  });

  it.each([
    ['{"access_token":"a"}', { access_token: 'a' }],
    ['access_token=a&scope=x%20y&token_type=bearer', { access_token: 'a', scope: 'x y', token_type: 'bearer' }],
    ['access_token=a&expires_in=60\r\n', { access_token: 'a', expires_in: '60' }],
    ['\n access_token=a&scope=read write', { access_token: 'a', scope: 'read write' }],
    ['<p>\naccess_token=a', null],
    ['error=bad_verification_code', { error: 'bad_verification_code' }],
    ['<html>access_token=a</html>', null],
    ['["access_token"]', null],
    ['null', null],
    ['', null],
  ])('F25 the text %j', (text, expected) => expect(parseTokenAnswer(text)).toEqual(expected));
});

describe('F25 other documents', () => {
  it('F25 metadata: null and empty are absent, a text is a list where one belongs (OpenID Connect Discovery 3)', () => {
    const unreadable: string[] = [];
    const given = {
      issuer: 'https://op.example',
      end_session_endpoint: null,
      userinfo_endpoint: '',
      token_endpoint_auth_methods_supported: 'client_secret_post',
      scopes_supported: 'openid email',
      id_token_signing_alg_values_supported: ['RS256', null],
      grant_types_supported: 5,
      authorization_response_iss_parameter_supported: 'true',
    };
    expect(normaliseMetadata(given, (member) => unreadable.push(member))).toEqual({
      issuer: 'https://op.example',
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      scopes_supported: ['openid', 'email'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(unreadable).toEqual(['grant_types_supported']);
  });

  it('F25 userinfo and key sets', () => {
    expect(normaliseClaims({ sub: 17, email: null, name: 'Ada' })).toEqual({ sub: '17', name: 'Ada' });
    expect(normaliseKeySet({ keys: [{ kty: 'RSA', kid: null }] })).toEqual({ keys: [{ kty: 'RSA' }] });
  });
});
