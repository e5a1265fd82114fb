import { tag } from '../../common/cache/tags.js';
import type { CredentialCache, VerifiedCredential } from '../../common/cache/credential-cache.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Authenticator } from '../../common/guards/authenticator.js';
import type { AuthCookies } from '../../common/http/cookies.js';
import type { HeaderBag } from '../../common/http/headers.js';
import { createPrincipal, type AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { BearerTokenReader } from '../../common/tokens/bearer-token-reader.js';
import { isWellFormedToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import type { AccountsSettings } from '../accounts.options.js';
import type { SessionRow, SessionStore } from './session.store.js';

export const SESSION_COOKIE = 'session_token';
/** better-auth's own tokens carry neither prefix nor checksum. */
const LEGACY_TOKEN = /^[A-Za-z0-9]{32}$/;

/** Session tokens: shape, then memory, then one statement. The one place that says whether a session token is good. */
export class SessionVerifier {
  constructor(
    private readonly store: SessionStore,
    private readonly cache: CredentialCache,
    private readonly cookies: AuthCookies,
    private readonly settings: AccountsSettings['session'],
    private readonly legacy: boolean,
  ) {}

  /** Whether a bearer value is a session token, bare or signed as `set-auth-token` gives it; told by its shape alone. */
  matches(value: string): boolean {
    const token = value.split('.', 1)[0]!;
    return token.startsWith(`${TOKEN_PREFIX.session}_`) || (this.legacy && LEGACY_TOKEN.test(token));
  }

  /** The bare token of a bearer value. @returns null when it is signed and the signature is not ours */
  bare(value: string): string | null {
    if (!value.includes('.')) return value;
    return this.cookies.unsign(value.includes('%') ? percentDecoded(value) : value) ?? null;
  }

  /** @param scheme how it was presented: `bearer` or `session` (the cookie) */
  async verify(token: string, scheme: 'bearer' | 'session'): Promise<AuthPrincipal | null> {
    if (!isWellFormedToken(token, TOKEN_PREFIX.session) && !(this.legacy && LEGACY_TOKEN.test(token))) return null;
    const digest = sha256(token);
    const credential = await this.cache.getOrLoad(cacheKey(digest, scheme), () => this.load(digest, scheme));
    return credential?.principal ?? null;
  }

  /** The principal of a token that is in memory. */
  recall(token: string, scheme: 'bearer' | 'session'): AuthPrincipal | undefined {
    return this.cache.get(cacheKey(sha256(token), scheme))?.principal;
  }

  private async load(digest: string, scheme: string): Promise<VerifiedCredential | null> {
    const found = await this.store.findByHash(digestToBytes(digest));
    if (!found) return null;
    const row = this.isDue(found)
      ? ((await this.store.extend(found.id, this.settings.expiresInSeconds)) ?? found)
      : found;
    return {
      principal: toPrincipal(row, scheme),
      tags: [tag('session', row.id), tag('subject', row.subject)],
      remainingMilliseconds: row.remaining_ms,
    };
  }

  /** Sliding: extended when used, at most once per `updateAge`. */
  private isDue(row: SessionRow): boolean {
    return row.remember && row.idle_ms >= this.settings.updateAgeSeconds * 1000;
  }
}

/** Session tokens as bearer. */
export class SessionTokenReader implements BearerTokenReader {
  readonly credentialType = 'session';

  constructor(private readonly verifier: SessionVerifier) {}

  matches(token: string): boolean {
    return this.verifier.matches(token);
  }

  recall(value: string): AuthPrincipal | undefined {
    const token = this.verifier.bare(value);
    return token === null ? undefined : this.verifier.recall(token, 'bearer');
  }

  async read(value: string): Promise<AuthPrincipal | null> {
    const token = this.verifier.bare(value);
    return token === null ? null : this.verifier.verify(token, 'bearer');
  }
}

/** The session cookie. */
export class SessionCookieAuthenticator implements Authenticator {
  readonly scheme = 'session';
  readonly challenge = 'Cookie';
  readonly carrier = 'cookie';

  constructor(
    private readonly verifier: SessionVerifier,
    private readonly cookies: AuthCookies,
  ) {}

  present(headers: HeaderBag): string | undefined {
    return this.cookies.read(headers, SESSION_COOKIE);
  }

  claims(): boolean {
    return false;
  }

  recall(token: string): AuthPrincipal | undefined {
    return this.verifier.recall(token, 'session');
  }

  async authenticate(token: string): Promise<AuthPrincipal> {
    const principal = await this.verifier.verify(token, 'session');
    if (!principal) throw AuthError.invalidToken('no live session for this cookie');
    return principal;
  }
}

/** One session presented in two ways is two principals. */
function cacheKey(digest: string, scheme: 'bearer' | 'session'): string {
  return scheme === 'session' ? `${digest}.cookie` : digest;
}

function toPrincipal(row: SessionRow, scheme: string): AuthPrincipal {
  return createPrincipal({
    subjectId: row.subject,
    scheme,
    credentialType: 'session',
    credentialId: row.id,
    sessionId: row.id,
    scopes: row.scopes,
    authenticatedAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.amr.length > 0 && { claims: { amr: Object.freeze([...row.amr]) } }),
  });
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
