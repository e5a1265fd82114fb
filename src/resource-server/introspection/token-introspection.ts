import { LRUCache } from 'lru-cache';
import { sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { checkClaims } from '../../common/issuers/check-claims.js';
import type { TokenClaims } from '../../common/issuers/claim-path.js';
import { isTime } from '../../common/issuers/principal-of-claims.js';
import type { VerifierContext } from '../../common/issuers/trusted-issuer.js';
import type { TrustedIssuerSettings } from '../../common/issuers/trusted-issuer.options.js';
import type { VerifiedClaims } from '../verified-claims.js';
import { IntrospectionRequest } from './introspection-request.js';
import type { IntrospectionSettings } from './introspection.options.js';

const MAX_NEGATIVE = 10_000;

/** Verifies the opaque tokens of one issuer by asking it (RFC 7662 4). */
export class TokenIntrospection {
  private readonly request: IntrospectionRequest;
  /** Digests of tokens that were not live a moment ago: whoever repeats one does not make us ask again. */
  private readonly refused: LRUCache<string, true> | null;

  constructor(
    private readonly issuer: TrustedIssuerSettings,
    readonly settings: IntrospectionSettings,
    private readonly context: VerifierContext,
  ) {
    this.request = new IntrospectionRequest(settings, context.outbound);
    const { negativeCacheTtlSeconds: seconds } = settings;
    this.refused = seconds === 0 ? null : new LRUCache({ max: MAX_NEGATIVE, ttl: seconds * 1000 });
  }

  /** @throws AuthError 401 with the reason in `detail`; 503 when the issuer does not say */
  async verify(token: string): Promise<VerifiedClaims> {
    const digest = sha256(token);
    if (this.refused?.has(digest)) throw AuthError.invalidToken('it was not active a moment ago');
    try {
      const claims = this.checked(await this.request.ask(token));
      return { claims, issuer: this.issuer, type: 'external_token', maxCacheSeconds: this.settings.cacheTtlSeconds };
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) this.refused?.set(digest, true);
      throw error;
    }
  }

  private checked(answer: TokenClaims | null): TokenClaims {
    if (!answer) throw this.refusal('it is not active');
    const { iss = this.issuer.issuer, sub = answer['client_id'], token_type: type } = answer;
    if (iss !== this.issuer.issuer) throw this.refusal('the answer names another issuer');
    // RFC 9449 6.2: a token of that type is bound to a key, which `cnf` names.
    const types = answer['cnf'] === undefined ? ['bearer'] : ['bearer', 'dpop'];
    const isKnown = typeof type === 'string' && types.includes(type.toLowerCase());
    if (type === undefined ? this.settings.requireTokenType : !isKnown)
      throw this.refusal('its token_type is not Bearer, nor DPoP with cnf');
    this.requireTimes(answer);
    const claims = { ...answer, iss, sub };
    checkClaims(claims, this.issuer);
    return claims;
  }

  private requireTimes({ exp, nbf }: TokenClaims): void {
    const now = this.context.clock.epochSeconds();
    if ((exp !== undefined && !isTime(exp)) || (nbf !== undefined && !isTime(nbf)))
      throw this.refusal('its exp or nbf is not a time');
    if (isTime(exp) && exp <= now - this.context.leewaySeconds) throw this.refusal('it has expired');
    if (isTime(nbf) && nbf > now + this.context.leewaySeconds) throw this.refusal('it is not good yet');
  }

  private refusal(why: string): AuthError {
    return AuthError.invalidToken(`introspection of ${this.issuer.issuer}: ${why}`);
  }
}
