import { Inject, Injectable } from '@nestjs/common';
import { tag } from '../common/cache/tags.js';
import { CredentialCache, type VerifiedCredential } from '../common/cache/credential-cache.js';
import { Clock } from '../common/clock.js';
import { sha256 } from '../common/crypto.js';
import { AuthError } from '../common/errors/auth-error.js';
import { HostPorts } from '../common/ports/port.js';
import { customClaimsOf } from '../common/keys/reserved-claims.js';
import { OutsideTokens } from '../common/issuers/outside-tokens.js';
import { ACCESS_TOKEN_TYPE, looksLikeJwt, JwtCodec, type VerifiedClaims } from '../common/keys/jwt.codec.js';
import { createPrincipal, type AuthPrincipal } from '../common/principal/auth-principal.js';
import { readDetails } from '../common/principal/authorization-detail.js';
import { readConfirmation } from '../common/principal/confirmation.js';
import { parseScope } from '../common/principal/scopes.js';
import { SubjectStore } from '../common/subjects/subject.store.js';
import { principalFacts } from '../common/tokens/sign-in-facts.js';
import type { BearerTokenReader } from '../common/tokens/bearer-token-reader.js';
import { ownJwtOf, type OwnJwt } from '../common/tokens/own-jwt.js';
import { RevokedJwtStore } from '../common/tokens/revoked-jwt.store.js';
import { TokenStore } from '../common/tokens/token.store.js';
import { claimedIssuer } from '../common/issuers/claimed-issuer.js';
import { isOfSession } from './session-claims.js';
import { expectedIssuer } from './expected-issuer.js';
import { JWT_SETTINGS, type JwtSettings } from './jwt.options.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Access tokens that are JWTs, under the bearer scheme: recognised by their shape, then cached until they expire or until something they
 * depend on (key, session, user, client, the token itself) ends. If the notice of that end is lost, they are checked again after
 * `cacheTtl`. The guard checks for whom they are meant.
 */
@Injectable()
export class JwtReader implements BearerTokenReader {
  readonly credentialType = 'jwt';

  constructor(
    private readonly codec: JwtCodec,
    private readonly outside: OutsideTokens,
    private readonly cache: CredentialCache,
    private readonly revoked: RevokedJwtStore,
    private readonly tokens: TokenStore,
    private readonly subjects: SubjectStore,
    private readonly ports: HostPorts,
    private readonly clock: Clock,
    @Inject(JWT_SETTINGS) private readonly settings: JwtSettings,
  ) {}

  matches(token: string): boolean {
    return looksLikeJwt(token);
  }

  recall(token: string): AuthPrincipal | undefined {
    return this.cache.get(sha256(token))?.principal;
  }

  async read(token: string): Promise<AuthPrincipal | null> {
    return (await this.cache.getOrLoad(sha256(token), () => this.load(token)))?.principal ?? null;
  }

  private async load(token: string): Promise<VerifiedCredential> {
    const claimed = claimedIssuer(token);
    // Only selects the keys to try; the signature then proves the claim.
    const theirs = claimed === undefined ? undefined : this.outside.verify(claimed, token);
    if (theirs) return theirs;
    const issuer = expectedIssuer(claimed, this.settings);
    const { type: own, leewaySeconds } = this.settings;
    const expected = { type: [ACCESS_TOKEN_TYPE, own], issuer, leewaySeconds };
    const { kid, type, claims } = await this.codec.verify(token, expected);
    const remainingMilliseconds = claims.exp * 1000 - this.clock.now().getTime();
    const isSessions = isOfSession(claims, this.settings);
    // Other JWTs of ours have this type too (ID tokens, signed userinfo, what the host signs), and they open nothing.
    if (type !== ACCESS_TOKEN_TYPE && !isSessions) throw AuthError.invalidToken('JWT: not an access token');
    if (typeof claims['client_id'] === 'string' && !isSessions)
      return this.loadOfClient(kid, claims, remainingMilliseconds);
    if (issuer !== this.settings.issuer) throw AuthError.invalidToken('JWT: issued for clients, but names no client');
    const principal = toPrincipal({ ...claims, client_id: undefined });
    await this.requireAlive(principal);
    return { principal, tags: tagsOf(kid, principal), remainingMilliseconds };
  }

  /**
   * A token that a client has for a user has a row, which ends with its family, session, user or client, and holds the subject when `sub` is
   * pairwise.
   */
  private async loadOfClient(kid: string, claims: VerifiedClaims, lifetime: number): Promise<VerifiedCredential> {
    const own = ownJwtOf(claims);
    if (own) return this.loadOwn(kid, claims, own, lifetime);
    const [row, revoked] = UUID.test(claims.jti)
      ? await Promise.all([this.tokens.findAccessById(claims.jti), this.revoked.has(claims.jti)])
      : [null, false];
    if (!row || revoked) throw AuthError.invalidToken('JWT: it has ended or is not ours');
    const principal = toPrincipal({ ...claims, sub: row.subject }, row.subject_kind);
    const tags = tagsOf(kid, principal);
    if (row.family_id) tags.push(tag('family', row.family_id));
    if (row.session_id) tags.push(tag('session', row.session_id));
    return { principal, tags, remainingMilliseconds: Math.min(lifetime, row.remaining_ms) };
  }

  /** A client's own token has no row; it says itself in which epoch of its client it is good (ADR 15). */
  private async loadOwn(
    kid: string,
    claims: VerifiedClaims,
    own: OwnJwt,
    remainingMilliseconds: number,
  ): Promise<VerifiedCredential> {
    if (!(await this.revoked.spares(own)))
      throw AuthError.invalidToken('JWT: it was revoked, has expired, or its client has ended');
    const principal = toPrincipal(claims, 'client');
    return { principal, tags: tagsOf(kid, principal), remainingMilliseconds };
  }

  /** A signature only proves what was true when it was made. @throws AuthError 401 when the token, its session or its subject has ended */
  private async requireAlive({ credentialId, sessionId, subjectId }: AuthPrincipal): Promise<void> {
    const [revoked, alive] = await Promise.all([
      this.revoked.has(credentialId),
      sessionId === null
        ? this.subjects.epoch(subjectId).then((epoch) => epoch !== null)
        : this.ports.sessions.get().isAlive(sessionId),
    ]);
    if (revoked) throw AuthError.invalidToken('JWT: revoked');
    if (!alive) throw AuthError.invalidToken('JWT: its session or its subject has ended');
  }
}

/** @param kind default: a client that acts for itself is the subject (RFC 9068 2.2) */
function toPrincipal(claims: VerifiedClaims, kind?: 'user' | 'client'): AuthPrincipal {
  const clientId = typeof claims['client_id'] === 'string' ? claims['client_id'] : null;
  const authTime = claims['auth_time'];
  const { roles = [], actor = null, claims: facts } = principalFacts(claims);
  return createPrincipal({
    kind: kind ?? (clientId !== null && clientId === claims.sub ? 'client' : 'user'),
    subjectId: claims.sub,
    clientId,
    scheme: 'bearer',
    credentialType: 'jwt',
    credentialId: claims.jti,
    sessionId: typeof claims['sid'] === 'string' ? claims['sid'] : null,
    scopes: (typeof claims['scope'] === 'string' && parseScope(claims['scope'])) || [],
    audience: [claims.aud].flat(),
    authenticatedAt: typeof authTime === 'number' ? new Date(authTime * 1000) : null,
    expiresAt: new Date(claims.exp * 1000),
    confirmation: readConfirmation(claims['cnf']),
    authorizationDetails: readDetails(claims['authorization_details']),
    roles,
    actor,
    claims: { ...customClaimsOf(claims), ...facts },
  });
}

function tagsOf(kid: string, principal: AuthPrincipal): string[] {
  const tags = [tag('key', kid), tag('token', principal.credentialId), tag('subject', principal.subjectId)];
  if (principal.sessionId) tags.push(tag('session', principal.sessionId));
  if (principal.clientId) tags.push(tag('client', principal.clientId));
  return tags;
}
