import { Controller, type Type } from '@nestjs/common';
import {
  AnyScope,
  ApiKeyAuth,
  Auth,
  BearerAuth,
  CurrentPrincipal,
  OptionalAuth,
  Public,
  Scopes,
  SessionAuth,
  type AuthPrincipal,
} from '../../src/index.js';
import type { MatrixCase, MatrixHandler, MatrixWorld } from './credential-matrix.js';

const whom = (principal: AuthPrincipal | null) => ({ subject: principal?.subjectId ?? 'nobody' });

/**
 * The handlers of the credential matrix, for messages of any transport.
 * @param On makes the decorator by which a message reaches the handler
 */
export function matrixController(On: (handler: MatrixHandler) => MethodDecorator): Type {
  @Controller()
  class MatrixController {
    @On('public') @Public() public(@CurrentPrincipal() principal: AuthPrincipal | null) {
      return whom(principal);
    }
    @On('optional') @OptionalAuth() @BearerAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
      return whom(principal);
    }
    @On('bearer') @BearerAuth() bearer(@CurrentPrincipal() principal: AuthPrincipal) {
      return whom(principal);
    }
    @On('key') @ApiKeyAuth() key(@CurrentPrincipal() principal: AuthPrincipal) {
      return whom(principal);
    }
    @On('either') @ApiKeyAuth() @BearerAuth() either(@CurrentPrincipal() principal: AuthPrincipal) {
      return whom(principal);
    }
    @On('session') @SessionAuth() session(@CurrentPrincipal() principal: AuthPrincipal) {
      return whom(principal);
    }
    @On('default') @Auth() default(@CurrentPrincipal() principal: AuthPrincipal) {
      return whom(principal);
    }
    @On('cookie') @Auth('session') cookie(@CurrentPrincipal() principal: AuthPrincipal) {
      return whom(principal);
    }
    @On('scopes') @BearerAuth() @ApiKeyAuth() @Scopes('reports:read') scopes(@CurrentPrincipal() one: AuthPrincipal) {
      return whom(one);
    }
    @On('lacking') @BearerAuth() @ApiKeyAuth() @Scopes('reports:read', 'reports:write') lacking() {
      return { subject: 'reached' };
    }
    @On('anyScope') @BearerAuth() @AnyScope('reports:write', 'reports:read') any(
      @CurrentPrincipal() one: AuthPrincipal,
    ) {
      return whom(one);
    }
    @On('anyLacking') @BearerAuth() @AnyScope('a:x', 'b:x') anyLacking() {
      return { subject: 'reached' };
    }
    @On('audience') @BearerAuth({ audience: 'https://elsewhere.example' }) audience() {
      return { subject: 'reached' };
    }
    @On('unknown') @Auth('nobodyRegisteredThis') unknown() {
      return { subject: 'reached' };
    }
  }
  return MatrixController;
}

/** What a message is refused with, by the status that HTTP has for it. */
const CODES: Readonly<Record<number, RegExp>> = {
  400: /^INVALID_REQUEST$/,
  401: /^(UNAUTHORIZED|INVALID_API_KEY)$/,
  403: /^INSUFFICIENT_SCOPE$/,
};

/** The answer to a message is what the case of the matrix says. */
export function expectAnswer(answer: unknown, { expected }: MatrixCase, { user }: MatrixWorld): void {
  if (typeof expected !== 'number')
    return expect(answer).toEqual({ subject: expected === 'user' ? user.id : 'nobody' });
  expect(answer).toMatchObject({ status: 'error', code: expect.stringMatching(CODES[expected]!) });
}
