import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { ACCESS_TOKEN_TYPE, JwtCodec, type VerifiedClaims } from '../../common/keys/jwt.codec.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/** Wide, because the database decides whether a token has expired. In seconds. */
export const JWT_LEEWAY_SECONDS = 60;

/** JWT access tokens of this server, as introspection and revocation read them. */
@Injectable()
export class JwtAccessTokens {
  constructor(
    private readonly codec: JwtCodec,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** No statement. @returns null when it is not ours, or has expired; also when its key was withdrawn. @throws AuthError 503 */
  async verify(token: string): Promise<VerifiedClaims | null> {
    const { issuer } = this.settings;
    const expected = { type: ACCESS_TOKEN_TYPE, issuer, leewaySeconds: JWT_LEEWAY_SECONDS };
    try {
      return (await this.codec.verify(token, expected)).claims;
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) return null;
      throw error;
    }
  }
}
