import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { JwtCodec, type VerifiedClaims } from '../../common/keys/jwt.codec.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ID_TOKEN_TYPE } from './id-tokens.js';

/** ID tokens of ours that come back as a hint of who is meant (OIDC Core 3.1.2.1). They may have expired. */
@Injectable()
export class IdTokenHints {
  constructor(
    private readonly codec: JwtCodec,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param clientId whom it must have been issued to; null: whomever
   * @throws AuthError 400 `invalid_request` when it is none of ours, or another client's
   */
  async verify(hint: string, clientId: string | null): Promise<VerifiedClaims> {
    try {
      const { claims } = await this.codec.verify(hint, {
        type: ID_TOKEN_TYPE,
        issuer: this.settings.issuer,
        ...(clientId !== null && { audience: [clientId] }),
        leewaySeconds: 60,
        expired: 'tolerated',
      });
      return claims;
    } catch (error) {
      if (error instanceof AuthError && error.status === 401)
        throw AuthError.invalidRequest('id_token_hint is none of ours, or not for this client', error.detail);
      throw error;
    }
  }
}
