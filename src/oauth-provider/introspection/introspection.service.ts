import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { looksLikeJwt, type VerifiedClaims } from '../../common/keys/jwt.codec.js';
import { readConfirmation } from '../../common/principal/confirmation.js';
import { parseScope } from '../../common/principal/scopes.js';
import { ownJwtOf } from '../../common/tokens/own-jwt.js';
import { RevokedJwtStore } from '../../common/tokens/revoked-jwt.store.js';
import type { ClientTokenRow } from '../../common/tokens/token.rows.js';
import { isRefreshToken, isWellFormedToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import { TokenStore } from '../../common/tokens/token.store.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import { JwtAccessTokens } from '../token/jwt-access-tokens.js';
import { activeAnswer, INACTIVE, type IntrospectionAnswer } from './introspection.answer.js';

/** Introspection (RFC 7662): agrees with the guard, and answers only clients that may know the token. One statement. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly tokens: TokenStore,
    private readonly revoked: RevokedJwtStore,
    private readonly jwts: JwtAccessTokens,
    private readonly directory: ClientDirectory,
    private readonly identifiers: SubjectIdentifiers,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @param asking the authenticated client that asks */
  async introspect(asking: RegisteredClient, token: string): Promise<IntrospectionAnswer> {
    const row = await this.find(token);
    if (!row?.live || !this.mayKnow(asking, row)) return INACTIVE;
    const holder = row.client_id === asking.clientId ? asking : await this.directory.find(row.client_id);
    // T088: tokens of a disabled client are not valid.
    if (!holder) return INACTIVE;
    return activeAnswer(row, this.identifiers.of(holder, row.subject), this.settings.issuer);
  }

  /** Checks shape and checksum first; of a JWT the signature (RFC 7662 4), whose key may have been withdrawn. */
  private async find(token: string): Promise<ClientTokenRow | null> {
    if (looksLikeJwt(token)) {
      const claims = await this.jwts.verify(token);
      const own = claims && ownJwtOf(claims);
      if (own) return toRow(claims, await this.revoked.spares(own));
      if (!claims) return null;
    } else if (!this.isOpaque(token)) return null;
    return this.tokens.findOfClient(digestToBytes(sha256(token)));
  }

  private isOpaque(token: string): boolean {
    return isWellFormedToken(token, TOKEN_PREFIX.access) || isRefreshToken(token, this.settings.legacyCredentials);
  }

  /**
   * T087: the client that holds the token; of an access token also its audience: a client whose id is in the audience, or whose policy
   * names a resource in it.
   */
  private mayKnow(asking: RegisteredClient, { client_id: holder, kind, audience }: ClientTokenRow): boolean {
    if (holder === asking.clientId) return true;
    const own = [asking.clientId, ...(asking.policy.resources ?? [])];
    return kind === 'access' && audience.some((one) => own.includes(one));
  }
}

/** What a row would say of a client's own JWT, which has none (ADR 15). */
function toRow({ jti, sub, aud, scope, iat, exp, cnf }: VerifiedClaims, live: boolean): ClientTokenRow {
  return {
    id: jti,
    kind: 'access',
    scopes: (typeof scope === 'string' && parseScope(scope)) || [],
    audience: [aud].flat(),
    created_at: new Date(iat * 1000),
    expires_at: new Date(exp * 1000),
    family_id: null,
    subject: sub,
    client_id: sub,
    session_id: null,
    authenticated_at: null,
    context: null,
    confirmation: readConfirmation(cnf),
    actor: null,
    joined: false,
    live,
  };
}
