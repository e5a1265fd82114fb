import { Strategy, type IStrategyOptions, type VerifyFunction } from 'passport-http-bearer';
import { AuthError } from '../errors/auth-error.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';

/** Looks a bearer token up. @returns null when it is not good */
export type VerifyBearer = (token: string) => Promise<AuthPrincipal | null>;

interface PassportActions {
  success(principal: AuthPrincipal): void;
  fail(challenge?: string | number): void;
  error(error: unknown): void;
}

/**
 * The bearer scheme as a Passport strategy, restricted to the `Authorization` header: passport-http-bearer also takes tokens from
 * query and body, where they end up in logs and histories (RFC 9700 4.3, OAuth 2.1 5.1). A host that uses Passport mounts this one:
 * `passport.use(app.get(BearerStrategy))`.
 *
 * @example
 * passport.use(app.get(BearerStrategy));
 */
export class BearerStrategy extends Strategy<VerifyFunction> {
  constructor(verify: VerifyBearer, options: IStrategyOptions) {
    super(options, (token: string, done: (error: unknown, user?: unknown) => void) => {
      verify(token).then(
        (principal) => done(null, principal ?? false),
        (error: unknown) => done(error),
      );
    });
  }

  override authenticate(request: { headers: unknown }): void {
    super.authenticate({ headers: request.headers } as never);
  }

  /**
   * Runs the strategy on one header without Passport's middleware, so that the guard works on Fastify too.
   * @throws AuthError 401 `invalid_token`, or 400 for a malformed header
   */
  principalOf(authorization: string): Promise<AuthPrincipal> {
    return new Promise((resolve, reject) => {
      const run = Object.create(this) as BearerStrategy & PassportActions;
      run.success = resolve;
      run.fail = (challenge) => {
        reject(
          challenge === 400
            ? AuthError.invalidRequest('The Authorization header is malformed')
            : AuthError.invalidToken('no live token'),
        );
      };
      run.error = reject;
      run.authenticate({ headers: { authorization } });
    });
  }
}
