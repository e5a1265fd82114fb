import { tag } from '../cache/tags.js';
import type { CredentialCache, VerifiedCredential } from '../cache/credential-cache.js';
import { digestToBytes, sha256 } from '../crypto.js';
import { createPrincipal, type AuthPrincipal } from '../principal/auth-principal.js';
import { principalFacts } from './sign-in-facts.js';
import type { BearerTokenReader } from './bearer-token-reader.js';
import { isWellFormedToken, TOKEN_PREFIX } from './token-format.js';
import type { AccessTokenRow } from './token.rows.js';
import type { TokenStore } from './token.store.js';

/** Reads opaque access tokens: checks the shape, then the cache, then the database by one statement. */
export class AccessTokenReader implements BearerTokenReader {
  readonly credentialType = 'access_token';

  constructor(
    private readonly store: TokenStore,
    private readonly cache: CredentialCache,
  ) {}

  matches(token: string): boolean {
    return token.startsWith(`${TOKEN_PREFIX.access}_`);
  }

  /** Does not check the shape: a digest in the cache was made from a well-formed token. */
  recall(token: string): AuthPrincipal | undefined {
    return this.cache.get(sha256(token))?.principal;
  }

  async read(token: string): Promise<AuthPrincipal | null> {
    if (!isWellFormedToken(token, TOKEN_PREFIX.access)) return null;
    const digest = sha256(token);
    return (await this.cache.getOrLoad(digest, () => this.load(digest)))?.principal ?? null;
  }

  private async load(digest: string): Promise<VerifiedCredential | null> {
    const row = await this.store.findAccess(digestToBytes(digest));
    return row && { principal: toPrincipal(row), tags: tagsOf(row), remainingMilliseconds: row.remaining_ms };
  }
}

function toPrincipal(row: AccessTokenRow): AuthPrincipal {
  return createPrincipal({
    kind: row.subject_kind,
    subjectId: row.subject,
    clientId: row.client_id,
    scheme: 'bearer',
    credentialType: 'access_token',
    credentialId: row.id,
    sessionId: row.session_id,
    scopes: row.scopes,
    audience: row.audience,
    authenticatedAt: row.authenticated_at,
    expiresAt: row.expires_at,
    confirmation: row.confirmation,
    ...principalFacts(row.actor ? { ...row.context, act: row.actor } : row.context),
  });
}

function tagsOf(row: AccessTokenRow): string[] {
  const tags = [tag('token', row.id), tag('subject', row.subject)];
  if (row.family_id) tags.push(tag('family', row.family_id));
  if (row.session_id) tags.push(tag('session', row.session_id));
  if (row.client_id) tags.push(tag('client', row.client_id));
  return tags;
}
