import { Strategy } from 'passport-http-bearer';
import type { AuthPrincipal } from '../principal/auth-principal.js';

/** Verifies a bearer token. @returns null when it is not valid */
export type VerifyBearer = (token: string) => Promise<AuthPrincipal | null>;

/** A strategy of Passport, as far as hosts and we use it. */
interface PassportStrategy {
  name: string;
  authenticate(request: object, options?: object): void;
}

type Verify = (token: string, done: (error: unknown, user?: unknown) => void) => void;

/** With types of our own: hosts need not have those of passport-http-bearer. */
const HttpBearerStrategy = Strategy as unknown as new (options: { realm?: string }, verify: Verify) => PassportStrategy;

/**
 * The bearer scheme as a Passport strategy that reads only the `Authorization` header: passport-http-bearer also takes tokens from query
 * and body, where they end up in logs and histories (RFC 9700 4.3, OAuth 2.1 5.1). For hosts that use Passport; our guard does not use it
 * (ADR 13).
 *
 * @example
 * passport.use(app.get(BearerStrategy));
 * app.use('/reports', passport.authenticate('bearer', { session: false }));
 */
export class BearerStrategy extends HttpBearerStrategy {
  constructor(verify: VerifyBearer, options: { realm?: string }) {
    super(options, (token, done) => {
      verify(token).then(
        (principal) => done(null, principal ?? false),
        (error: unknown) => done(error),
      );
    });
  }

  override authenticate(request: { headers: unknown }): void {
    super.authenticate({ headers: request.headers });
  }
}
