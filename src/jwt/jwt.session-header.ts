import { Logger } from '@nestjs/common';
import { AuthError } from '../common/errors/auth-error.js';
import { isFirstParty } from '../common/guards/session-auth.js';
import type { SessionContributor } from '../common/host/contributors.js';
import type { CurrentSession } from '../common/host/sessions.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import type { JwtIssuer } from './jwt.issuer.js';

const HEADER = 'set-auth-jwt';

/** Puts a token into the answer of `GET /get-session`, as better-auth does. Only for the user in person: a client gets no token with the user's scopes. */
export class JwtSessionHeader implements SessionContributor {
  private readonly logger = new Logger('AuthJwt');

  constructor(private readonly issuer: JwtIssuer) {}

  async onGetSession(current: CurrentSession, principal: AuthPrincipal) {
    if (!isFirstParty(principal)) return {};
    try {
      const { token } = await this.issuer.issue(principal, {}, current);
      return { headers: { [HEADER]: token } };
    } catch (error) {
      // The session is what was asked for; it is answered without the token.
      const detail = error instanceof AuthError ? (error.detail ?? error.description) : String(error);
      this.logger.error(`no ${HEADER} header: ${detail}`);
      return {};
    }
  }
}
