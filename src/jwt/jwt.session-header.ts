import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuthError } from '../common/errors/auth-error.js';
import { isFirstParty } from '../common/guards/session-auth.js';
import type { CurrentSession } from '../common/ports/sessions.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { JwtIssuer } from './jwt.issuer.js';
import { JWT_SETTINGS, type JwtSettings } from './jwt.options.js';

const HEADER = 'set-auth-jwt';

/**
 * Adds a token to the reply of `GET /get-session`, as better-auth does. Only for the user in person: a client must not get the user's
 * scopes.
 */
@Injectable()
export class JwtSessionHeader {
  private readonly logger = new Logger('AuthJwt');

  constructor(
    private readonly issuer: JwtIssuer,
    @Inject(JWT_SETTINGS) private readonly settings: JwtSettings,
  ) {}

  async onGetSession(current: CurrentSession, principal: AuthPrincipal) {
    if (!this.settings.setAuthJwt || !isFirstParty(principal)) return {};
    try {
      const { token } = await this.issuer.issue(principal, {}, current);
      return { headers: { [HEADER]: token } };
    } catch (error) {
      // The caller asked for the session, so it is returned without the token.
      const detail = error instanceof AuthError ? (error.detail ?? error.description) : String(error);
      this.logger.error(`no ${HEADER} header: ${detail}`);
      return {};
    }
  }
}
