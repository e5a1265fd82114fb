import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { AuthenticationRequest, Authenticator } from '../../common/guards/authenticator.js';
import { AuthContext } from '../../common/ports/auth-context.js';
import { toHeaderBag, type HeaderBag } from '../../common/http/request/headers.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { SessionStore } from './session.store.js';
import { SESSION_COOKIE, SessionVerifier, type VerifiedSession } from './session.verifier.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';

/** Separates the values of one cookie name; no token contains it. */
const SEPARATOR = ' ';

/** The session cookie. `present` gives every value of it that has the shape of a token: usually one. */
@Injectable()
export class SessionCookieAuthenticator implements Authenticator {
  readonly scheme = 'session';
  readonly challenge = 'Cookie';
  readonly carrier = 'cookie';

  constructor(
    private readonly verifier: SessionVerifier,
    private readonly store: SessionStore,
    private readonly cookies: AuthCookies,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  present(headers: HeaderBag): string | undefined {
    const tokens = this.cookies.values(headers, SESSION_COOKIE).filter((value) => this.verifier.isToken(value));
    return tokens.length > 0 ? tokens.join(SEPARATOR) : undefined;
  }

  authenticate(presented: string, { headers }: AuthenticationRequest): AuthPrincipal | Promise<AuthPrincipal> {
    const known = presented.includes(SEPARATOR) ? undefined : this.verifier.recall(presented, 'session');
    return known ? this.kept(known, presented, headers) : this.verify(presented, headers);
  }

  private async verify(presented: string, headers: HeaderBag): Promise<AuthPrincipal> {
    const token = presented.includes(SEPARATOR) ? await this.oneOf(presented.split(SEPARATOR)) : presented;
    const session = await this.verifier.verify(token, 'session');
    if (!session) throw AuthError.invalidToken('no live session for this cookie');
    return this.kept(session, token, headers);
  }

  /**
   * RFC 6265 4.2.2: a request may carry several values of one name, and their order means nothing. The live one counts. Live ones of several
   * users are refused, even for reading: users would enter their data on a page of another account. The next sign-in ends all but one.
   */
  private async oneOf(tokens: readonly string[]): Promise<string> {
    const hashes = tokens.map((token) => digestToBytes(sha256(token)));
    const live = await this.store.findLive(hashes);
    if (new Set(live.map(({ subject }) => subject)).size > 1)
      throw AuthError.invalidToken('the cookies are live sessions of several users');
    const index = hashes.findIndex((hash) => live.some((row) => row.token_hash.equals(hash)));
    if (index < 0) throw AuthError.invalidToken('no live session for these cookies');
    return tokens[index]!;
  }

  /** A request that extends the session sets the cookie again, with the same lifetime. */
  private kept({ principal, wasExtended }: VerifiedSession, token: string, headers: object | undefined): AuthPrincipal {
    const outgoing = AuthContext.requestContext?.cookies;
    if (wasExtended && outgoing?.isOpen) {
      const brought = toHeaderBag((headers ?? {}) as HeaderBag);
      outgoing.add(this.cookies.replace(brought, SESSION_COOKIE, token, this.settings.session.expiresInSeconds));
    }
    return principal;
  }
}
