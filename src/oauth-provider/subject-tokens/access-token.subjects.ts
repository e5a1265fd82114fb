import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { looksLikeJwt, type VerifiedClaims } from '../../common/keys/jwt.codec.js';
import { TOKEN_TYPES, type SubjectToken, type SubjectTokenReader } from '../../common/ports/subject-token.js';
import { readActor } from '../../common/principal/actor.js';
import { readConfirmation } from '../../common/principal/confirmation.js';
import { parseScope } from '../../common/principal/scopes.js';
import { ownJwtOf } from '../../common/tokens/own-jwt.js';
import { RevokedJwtStore } from '../../common/tokens/revoked-jwt.store.js';
import type { SignInFacts } from '../../common/tokens/sign-in-facts.js';
import { isWellFormedToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import type { AccessTokenRow } from '../../common/tokens/token.rows.js';
import { TokenStore } from '../../common/tokens/token.store.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { JwtAccessTokens } from '../token/jwt-access-tokens.js';

/**
 * Access tokens as subject tokens (RFC 8693 3): opaque ones and JWTs (`at+jwt`, RFC 9068) of clients, and opaque ones of first-party apps. Read
 * from the database, not from memory: what they buy must not outlive them.
 */
@Injectable()
export class AccessTokenSubjects implements SubjectTokenReader {
  readonly tokenType = TOKEN_TYPES.accessToken;

  constructor(
    private readonly tokens: TokenStore,
    private readonly jwts: JwtAccessTokens,
    private readonly revoked: RevokedJwtStore,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  async read(token: string): Promise<SubjectToken | null> {
    if (looksLikeJwt(token)) {
      const claims = await this.jwts.verify(token);
      const own = claims && ownJwtOf(claims);
      if (own) return (await this.revoked.spares(own)) ? ofClientItself(claims) : null;
      return claims && this.find(token, claims);
    }
    return isWellFormedToken(token, TOKEN_PREFIX.access) ? this.find(token, null) : null;
  }

  /** A JWT has a row as well, which says whether it is still good; it is found by its text, so that no other with its `jti` is taken. */
  private async find(token: string, claims: VerifiedClaims | null): Promise<SubjectToken | null> {
    const row = await this.tokens.findAccess(digestToBytes(sha256(token)));
    return row && toSubject(row, readActor(claims?.['may_act'], this.settings.issuer));
  }
}

function toSubject(row: AccessTokenRow, mayAct: SubjectToken['mayAct']): SubjectToken {
  const { acr, amr, roles, act }: SignInFacts = row.context ?? {};
  return {
    tokenType: TOKEN_TYPES.accessToken,
    subjectId: row.subject,
    subjectKind: row.subject_kind,
    clientId: row.client_id,
    audience: row.audience,
    scopes: row.scopes,
    authorizationDetails: row.authorization_details ?? [],
    expiresAt: row.expires_at,
    familyId: row.family_id,
    sessionId: row.session_id,
    sourceId: null,
    actor: readActor(row.actor ?? act),
    mayAct,
    authenticatedAt: row.authenticated_at,
    signIn: { ...(acr !== undefined && { acr }), ...(amr && { amr }), ...(roles && { roles }) },
    confirmation: row.confirmation,
    holding: null,
  };
}

/** A client's own JWT, which has no row (ADR 15). */
function ofClientItself({ sub, aud, scope, exp, cnf }: VerifiedClaims): SubjectToken {
  return {
    tokenType: TOKEN_TYPES.accessToken,
    subjectId: sub,
    subjectKind: 'client',
    clientId: sub,
    audience: [aud].flat(),
    scopes: (typeof scope === 'string' && parseScope(scope)) || [],
    expiresAt: new Date(exp * 1000),
    familyId: null,
    sessionId: null,
    sourceId: null,
    actor: null,
    mayAct: null,
    authenticatedAt: null,
    signIn: {},
    confirmation: readConfirmation(cnf),
    holding: null,
  };
}
