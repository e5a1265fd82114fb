import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../common/database/database.js';
import { AuthError } from '../common/errors/auth-error.js';
import { ACCESS_TOKEN_TYPE, JwtCodec, looksLikeJwt, type VerifiedClaims } from '../common/keys/jwt.codec.js';
import { RESERVED_CLAIMS } from '../common/keys/reserved-claims.js';
import { resolveSeconds, type Duration } from '../common/options/duration.js';
import { RevokedJwtStore } from '../common/tokens/revoked-jwt.store.js';
import { TokenRevoker } from '../common/tokens/token.revoker.js';
import { claimedIssuer } from '../common/issuers/claimed-issuer.js';
import { expectedIssuer } from './expected-issuer.js';
import { JWT_SETTINGS, type JwtSettings } from './jwt.options.js';
import { newId } from '../common/new-id.js';

/** `typ` of tokens that host code signs, by default. Such a token opens no guarded route. */
const HOST_TOKEN_TYPE = 'JWT';

export interface SignOptions {
  /** `sub`: the subject of the token. */
  readonly subject: string;
  /** `aud`. Default: this server. */
  readonly audience?: string | readonly string[];
  /** Default: `jwt.expiresIn`; at most `jwt.maxExpiresIn`. */
  readonly expiresIn?: Duration;
  /** `typ` of the header. Default `JWT`. `at+jwt` makes an access token, which opens routes guarded by `@BearerAuth()`. */
  readonly type?: string;
  /** Space-separated scopes. Default: none. */
  readonly scope?: string;
}

export interface VerifyOptions {
  /** The token's audience must be one of these. Default: this server. */
  readonly audience?: string | readonly string[];
  /** `typ` that the token must have. Default `JWT`. */
  readonly type?: string;
}

/**
 * JWTs for host code. Keys are rotated, imported and withdrawn by `SigningKeys`.
 *
 * @example
 * const jwts = app.get(JwtService);
 * const token = await jwts.sign({ report: 42 }, { subject: 'user-1', audience: 'https://print.example.com', expiresIn: '5m' });
 * const { sub } = await jwts.verify(token, { audience: 'https://print.example.com' });
 */
@Injectable()
export class JwtService {
  constructor(
    private readonly codec: JwtCodec,
    private readonly database: Database,
    private readonly revoked: RevokedJwtStore,
    private readonly revoker: TokenRevoker,
    private readonly clock: Clock,
    @Inject(JWT_SETTINGS) private readonly settings: JwtSettings,
  ) {}

  /**
   * Signs claims with the current key; `iss`, `iat`, `exp` and `jti` are added.
   * @throws Error for a reserved claim or too long a lifetime; AuthError 503 without keys
   */
  async sign(claims: Readonly<Record<string, unknown>>, options: SignOptions): Promise<string> {
    const reserved = Object.keys(claims).filter((name) => RESERVED_CLAIMS.has(name));
    if (reserved.length > 0)
      throw new Error(
        `JwtService.sign: ${reserved.join(', ')} cannot be given as claims. Use the options, or other names.`,
      );
    const { subject, audience = this.settings.defaultAudience, scope } = options;
    const { expiresInSeconds, maxExpiresInSeconds, issuer, algorithm } = this.settings;
    return this.codec.sign({
      type: options.type ?? HOST_TOKEN_TYPE,
      algorithm,
      lifetimeSeconds: resolveSeconds('JwtService.sign expiresIn', options.expiresIn ?? expiresInSeconds, {
        min: 1,
        max: maxExpiresInSeconds,
      }),
      claims: {
        ...claims,
        iss: issuer,
        sub: subject,
        aud: typeof audience === 'string' ? audience : [...audience],
        jti: newId(),
        ...(scope !== undefined && { scope }),
      },
    });
  }

  /**
   * Checks signature, `typ`, `iss`, `aud`, `exp`, `nbf` and that the token was not revoked. It does not check whether a session has ended.
   * @throws AuthError 401, the same for every reason; 503 when the keys or the database are not available
   */
  async verify(token: string, options: VerifyOptions = {}): Promise<VerifiedClaims> {
    const { audience = this.settings.defaultAudience, type = HOST_TOKEN_TYPE } = options;
    const { issuer, leewaySeconds } = this.settings;
    const expected = { type, issuer, leewaySeconds, audience: typeof audience === 'string' ? [audience] : audience };
    const { claims } = await this.codec.verify(token, expected);
    if (await this.revoked.has(claims.jti)) throw AuthError.invalidToken('JWT: revoked');
    return claims;
  }

  /**
   * Ends one token before it expires, on every process of this server. Services that verify offline accept it until it expires.
   * @param tokenOrJti an access token, or the `jti` of any token
   * @throws AuthError 401 for a token that is not ours
   */
  async revoke(tokenOrJti: string): Promise<void> {
    const { leewaySeconds, maxExpiresInSeconds } = this.settings;
    const issuer = expectedIssuer(claimedIssuer(tokenOrJti), this.settings);
    const expected = { type: [ACCESS_TOKEN_TYPE, this.settings.type], issuer, leewaySeconds };
    const claims = looksLikeJwt(tokenOrJti) ? (await this.codec.verify(tokenOrJti, expected)).claims : null;
    const jti = claims?.jti ?? tokenOrJti;
    const remaining = claims ? claims.exp - this.clock.epochSeconds() : maxExpiresInSeconds;
    const untilRefused = Math.max(0, remaining) + leewaySeconds;
    await this.database.transaction((tx) => this.revoker.revokeJwt(tx, jti, untilRefused, 'revoked by the host'));
  }
}
