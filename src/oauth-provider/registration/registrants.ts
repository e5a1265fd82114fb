import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { isInPerson } from '../../common/guards/session-auth.js';
import { AuthContext } from '../../common/ports/auth-context.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { header, type HeaderBag } from '../../common/http/request/headers.js';
import { checkOrigin } from '../../common/http/origins/origin-check.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { RateLimits } from '../../common/limits/rate-limits.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ClientSecrets, digest } from '../clients/client.secrets.js';
import { InitialAccessTokenStore } from './initial-access-token.store.js';

/** Who registers a client. */
export type Registrant =
  | { readonly origin: 'user'; readonly userId: string }
  | { readonly origin: 'initial_access_token'; readonly tokenHash: Buffer }
  | { readonly origin: 'open' };

interface Nobody {
  readonly origin: 'nobody';
  /** For the log. */
  readonly reason: string;
}

/** Per address, for callers that are not identified. */
const PER_ADDRESS = { name: 'oauth-register', max: 20, windowSeconds: 60 };
/** Per user, or per initial access token: they are not refused for what others do from their address. */
const PER_REGISTRANT = { name: 'oauth-register-known', max: 60, windowSeconds: 60 };
const BEARER = /^bearer +(\S+)$/i;

export function bearerOf(headers: HeaderBag): string | null {
  return BEARER.exec(header(headers, 'authorization') ?? '')?.[1] ?? null;
}

/** Identifies who registers a client, and whether they may (T093). */
@Injectable()
export class Registrants {
  constructor(
    private readonly secrets: ClientSecrets,
    private readonly tokens: InitialAccessTokenStore,
    private readonly limits: RateLimits,
    private readonly origins: TrustedOrigins,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param principal as the guard identified it
   * @throws AuthError 403 `access_denied` when registration is off; 401 when the mode wants an identified caller; 403 for a session cookie
   *   from another origin; 429
   */
  async identify(headers: HeaderBag, principal: AuthPrincipal | null): Promise<Registrant> {
    this.requireSwitchedOn();
    const registrant = await this.known(headers, principal);
    if (registrant.origin === 'user') await this.limits.consume(PER_REGISTRANT, `user ${registrant.userId}`);
    else if (registrant.origin === 'initial_access_token')
      await this.limits.consume(PER_REGISTRANT, `token ${registrant.tokenHash.toString('hex')}`);
    else await this.limits.consume(PER_ADDRESS, addressKey(AuthContext.requestContext?.address()));
    if (registrant.origin === 'nobody') throw unauthorized(registrant.reason);
    return registrant;
  }

  private async known(headers: HeaderBag, principal: AuthPrincipal | null): Promise<Registrant | Nobody> {
    const token = bearerOf(headers);
    if (token !== null && this.secrets.isInitialAccessToken(token)) return this.holderOf(token);
    const isOpen = this.settings.registration.mode === 'open';
    if (principal && isInPerson(principal) && (await this.isMeant(principal, headers, isOpen)))
      return { origin: 'user', userId: principal.subjectId };
    if (isOpen) return { origin: 'open' };
    return { origin: 'nobody', reason: 'registration is for users and holders of an initial access token' };
  }

  /** @throws AuthError 403 `access_denied` */
  requireSwitchedOn(): void {
    if (this.settings.registration.mode === 'off')
      throw AuthError.forbidden('REGISTRATION_OFF', 'This server does not register clients');
  }

  /** Other sites may post here, so a cookie, which the browser adds by itself, counts from our own origins only (T033). */
  private async isMeant(principal: AuthPrincipal, headers: HeaderBag, isOpen: boolean): Promise<boolean> {
    if (principal.scheme !== 'session') return true;
    try {
      await checkOrigin('POST', headers, this.origins);
      return true;
    } catch (error) {
      if (isOpen) return false;
      throw error;
    }
  }

  /** Checked first, so that nothing is fetched for an invalid token; the registration itself spends it. */
  private async holderOf(token: string): Promise<Registrant | Nobody> {
    const tokenHash = digest(token);
    if (await this.tokens.isLive(tokenHash)) return { origin: 'initial_access_token', tokenHash };
    return { origin: 'nobody', reason: 'the initial access token is unknown, expired or spent' };
  }
}

/** RFC 6750 3, as an OAuth error. */
export function unauthorized(detail: string): AuthError {
  return new AuthError({
    status: 401,
    code: 'UNAUTHORIZED',
    error: 'invalid_token',
    description: 'The access token is missing, unknown, expired or revoked',
    detail,
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}
