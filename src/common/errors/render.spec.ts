import { validateHeaderValue } from 'node:http';
import { AuthError } from './auth-error.js';
import { renderChallenge } from './render-challenge.js';
import { renderManagementError } from './render-management-error.js';
import { renderOAuthError } from './render-oauth-error.js';
import type { RenderedError } from './rendered-error.js';

const CONTEXT = { schemes: ['Bearer', 'ApiKey'], realm: 'auth.example' };
const SPLIT = 'a\r\nSet-Cookie: x=1\0"\\ä€\u2028';
const NASTY = new AuthError({
  status: 403,
  code: 'NASTY',
  error: `insufficient_scope`,
  description: SPLIT,
  detail: 'private',
  cause: new Error('private too'),
  requiredScopes: [SPLIT, 'b'],
  headers: { 'X-Host': SPLIT },
  retryAfterSeconds: 0.2,
});

function headerValues(rendered: RenderedError): string[] {
  return Object.values(rendered.headers).flat();
}

describe('rendering of errors', () => {
  it('management: code, message, status and details', () => {
    const error = new AuthError({ status: 409, code: 'TAKEN', description: 'Taken', details: { field: 'name' } });
    expect(renderManagementError(error)).toEqual({
      status: 409,
      headers: { 'Cache-Control': 'no-store' },
      body: { code: 'TAKEN', message: 'Taken', statusCode: 409, details: { field: 'name' } },
    });
  });

  it('RFC 6749 5.2 OAuth: error and error_description, never stored', () => {
    expect(renderOAuthError(AuthError.invalidRequest('scope is "bad"'))).toEqual({
      status: 400,
      headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' },
      body: { error: 'invalid_request', error_description: "scope is 'bad'" },
    });
  });

  it.each<[AuthError, string | undefined]>([
    [AuthError.unauthenticated(), 'Bearer realm="auth.example"'],
    [
      AuthError.invalidToken('why'),
      'Bearer realm="auth.example", error="invalid_token", error_description="The access token is unknown, expired or revoked"',
    ],
    [
      AuthError.insufficientScope(['a', 'b']),
      'Bearer realm="auth.example", error="insufficient_scope", error_description="This route requires the scope a b", scope="a b"',
    ],
    [AuthError.invalidRequest('Two'), 'Bearer realm="auth.example", error="invalid_request", error_description="Two"'],
    [AuthError.forbidden('NO', 'No'), undefined],
    [AuthError.tooManyRequests(5), undefined],
    [AuthError.unavailable('x'), undefined],
  ])('RFC 6750 3: the challenge of %s', (error, expected) => {
    const { headers } = renderChallenge(error, CONTEXT);
    expect(headers['WWW-Authenticate']).toEqual(expected && [expected, expected.replace('Bearer', 'ApiKey')]);
  });

  it.each<[string, (error: AuthError) => RenderedError]>([
    ['management', renderManagementError],
    ['OAuth', renderOAuthError],
    ['challenge', (error) => renderChallenge(error, CONTEXT)],
  ])('T015 %s: nothing that breaks or splits a header gets into one', (_name, render) => {
    for (const value of headerValues(render(NASTY))) {
      expect(value).toMatch(/^[\x20-\x7E]*$/);
      expect(() => validateHeaderValue('X', value)).not.toThrow();
    }
  });

  it('T015 the scope attribute cannot be left by a quote', () => {
    const [challenge] = renderChallenge(NASTY, CONTEXT).headers['WWW-Authenticate'] as string[];
    expect(challenge?.split('"')).toHaveLength(9);
  });

  it.each<[string, (error: AuthError) => RenderedError]>([
    ['management', renderManagementError],
    ['OAuth', renderOAuthError],
    ['challenge', (error) => renderChallenge(error, CONTEXT)],
  ])('RFC 6749 5.2 %s: nothing private leaves', (_name, render) => {
    expect(JSON.stringify(render(NASTY))).not.toContain('private');
    expect(JSON.stringify(render(AuthError.internal(new Error('select * from secrets'))))).not.toContain('secrets');
  });

  it('Retry-After is whole seconds, one at least; X-Retry-After comes with 429', () => {
    expect(renderManagementError(NASTY).headers).toMatchObject({ 'Retry-After': '1' });
    expect(renderManagementError(AuthError.tooManyRequests(4.2)).headers).toMatchObject({
      'Retry-After': '5',
      'X-Retry-After': '5',
    });
    expect(renderOAuthError(AuthError.unavailable('x')).headers).toMatchObject({ 'Retry-After': '2' });
  });
});
