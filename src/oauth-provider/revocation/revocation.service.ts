import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { Database } from '../../common/database/database.js';
import { looksLikeJwt } from '../../common/keys/jwt.codec.js';
import { ownJwtOf, type OwnJwt } from '../../common/tokens/own-jwt.js';
import { isRefreshToken, isWellFormedToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { TokenStore } from '../../common/tokens/token.store.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { JWT_LEEWAY_SECONDS, JwtAccessTokens } from '../token/jwt-access-tokens.js';

const REASON = 'revoked by its client';

/** Ends tokens for the client that holds them (RFC 7009), in every process. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly database: Database,
    private readonly tokens: TokenStore,
    private readonly revoker: TokenRevoker,
    private readonly jwts: JwtAccessTokens,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * A refresh token ends its whole family, even if it was rotated before: the client wants the grant gone. An access token ends alone, or
   * with its family when that is its client's and has no refresh token. Unknown tokens and those of other clients stay as they are.
   */
  async revoke(client: RegisteredClient, token: string): Promise<void> {
    if (!isShapedLikeToken(token, this.settings)) return;
    const own = await this.ownJwtIn(token);
    if (own) return this.revokeOwn(client, own);
    await this.database.transaction(async (tx) => {
      const found = await this.tokens.findOfClient(digestToBytes(sha256(token)), tx);
      if (found?.client_id !== client.clientId) return;
      const { family_id: familyId } = found;
      const isAlone =
        familyId === null ||
        found.joined ||
        (found.kind === 'access' && (await this.tokens.isRefreshable(tx, familyId)));
      if (isAlone) await this.revoker.revokeAccess(tx, found.id, REASON);
      else await this.revoker.revoke(tx, { familyId }, REASON);
    });
  }

  /** A JWT without a row, which its signature alone proves. */
  private async ownJwtIn(token: string): Promise<OwnJwt | null> {
    const claims = looksLikeJwt(token) ? await this.jwts.verify(token) : null;
    return claims && ownJwtOf(claims);
  }

  private async revokeOwn(client: RegisteredClient, { jti, clientId, exp }: OwnJwt): Promise<void> {
    if (clientId !== client.clientId) return;
    const untilRefused = Math.max(0, exp - this.clock.epochSeconds()) + JWT_LEEWAY_SECONDS;
    await this.database.transaction((tx) => this.revoker.revokeJwt(tx, jti, untilRefused, REASON));
  }
}

/** A malformed token costs no statement. A JWT with a row is found by the hash of its text, so a changed one is unknown. */
function isShapedLikeToken(token: string, { legacyCredentials }: OAuthProviderSettings): boolean {
  return (
    looksLikeJwt(token) || isWellFormedToken(token, TOKEN_PREFIX.access) || isRefreshToken(token, legacyCredentials)
  );
}
