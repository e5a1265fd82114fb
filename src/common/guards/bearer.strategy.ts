import { Strategy, type IStrategyOptions, type VerifyFunction } from 'passport-http-bearer';
import type { AuthPrincipal } from '../principal/auth-principal.js';

/** Verifies a bearer token. @returns null when it is not valid */
export type VerifyBearer = (token: string) => Promise<AuthPrincipal | null>;

/**
 * The bearer scheme as a Passport strategy that reads only the `Authorization` header: passport-http-bearer also takes tokens from query
 * and body, where they end up in logs and histories (RFC 9700 4.3, OAuth 2.1 5.1). For hosts that use Passport; our guard does not use it
 * (ADR 13).
 *
 * @example
 * passport.use(app.get(BearerStrategy));
 * app.use('/reports', passport.authenticate('bearer', { session: false }));
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
}
