import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../common/errors/auth-error.js';
import { ACCESS_TOKEN_TYPE, JwtCodec, looksLikeJwt, type VerifiedClaims } from '../common/keys/jwt.codec.js';
import { textsOf } from '../common/issuers/claim-path.js';
import { readConfirmation } from '../common/principal/confirmation.js';
import { HostPorts } from '../common/ports/port.js';
import { TOKEN_TYPES, type SubjectToken, type SubjectTokenReader } from '../common/ports/subject-token.js';
import { parseScope } from '../common/principal/scopes.js';
import { principalFacts, strengthClaims } from '../common/tokens/sign-in-facts.js';
import { RevokedJwtStore } from '../common/tokens/revoked-jwt.store.js';
import { JWT_SETTINGS, type JwtSettings } from './jwt.options.js';
import { isOfSession } from './session-claims.js';

/**
 * JWTs of sessions as subject tokens (RFC 8693 3, `urn:ietf:params:oauth:token-type:jwt`): a service that is called with one gets a token for the
 * next one, which ends with the session. JWTs of clients are access tokens, and those that the host signs are of no session.
 */
@Injectable()
export class SessionJwtSubjects implements SubjectTokenReader {
  readonly tokenType = TOKEN_TYPES.jwt;

  constructor(
    private readonly codec: JwtCodec,
    private readonly revoked: RevokedJwtStore,
    private readonly ports: HostPorts,
    @Inject(JWT_SETTINGS) private readonly settings: JwtSettings,
  ) {}

  async read(token: string): Promise<SubjectToken | null> {
    const claims = looksLikeJwt(token) ? await this.claimsOf(token) : null;
    if (!claims || !isOfSession(claims, this.settings)) return null;
    const { sub, sid, aud, exp, jti, scope, auth_time: authTime } = claims;
    if (typeof sid !== 'string' || !(await this.ports.sessions.get().isAlive(sid))) return null;
    if (await this.revoked.has(jti)) return null;
    const { actor = null } = principalFacts(claims);
    const roles = textsOf(claims['roles']);
    const { act: _, ...strength } = strengthClaims(claims);
    return {
      tokenType: TOKEN_TYPES.jwt,
      subjectId: sub,
      subjectKind: 'user',
      clientId: null,
      audience: [aud].flat(),
      scopes: (typeof scope === 'string' && parseScope(scope)) || [],
      expiresAt: new Date(exp * 1000),
      familyId: null,
      sessionId: sid,
      sourceId: null,
      actor,
      mayAct: null,
      authenticatedAt: typeof authTime === 'number' ? new Date(authTime * 1000) : null,
      signIn: { ...strength, ...(roles.length > 0 && { roles }) },
      confirmation: readConfirmation(claims['cnf']),
      holding: null,
    };
  }

  /** @returns null for one that is not ours @throws AuthError 503 */
  private async claimsOf(token: string): Promise<VerifiedClaims | null> {
    const { issuer, type, leewaySeconds } = this.settings;
    try {
      return (await this.codec.verify(token, { type: [ACCESS_TOKEN_TYPE, type], issuer, leewaySeconds })).claims;
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) return null;
      throw error;
    }
  }
}
