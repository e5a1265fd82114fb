import { Inject, Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import { CredentialCache, type VerifiedCredential } from '../../common/cache/credential-cache.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { SessionProofs } from '../../common/grants/session-proofs.js';
import { AuthContext } from '../../common/ports/auth-context.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import { principalFacts, signInFacts } from '../../common/tokens/sign-in-facts.js';
import { createPrincipal, type AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { BearerTokenReader } from '../../common/tokens/bearer-token-reader.js';
import { isWellFormedToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import type { SessionRow } from './session.statements.js';
import { SessionStore } from './session.store.js';
import { toSignIn } from './session.view.js';

export const SESSION_COOKIE = 'session_token';
/** better-auth's own tokens carry neither prefix nor checksum. */
const LEGACY_TOKEN = /^[A-Za-z0-9]{32}$/;

/** How a session token was presented: `bearer`, or `session` (the cookie). */
export type SessionScheme = 'bearer' | 'session';

/** A valid session token. */
export interface VerifiedSession {
  readonly principal: AuthPrincipal;
  /** Its cookie has just extended it, so the browser must get the cookie again with the new lifetime. */
  readonly wasExtended: boolean;
}

/** Verifies session tokens: shape, then memory, then one statement. Only this class decides whether a session token is valid. */
@Injectable()
export class SessionVerifier {
  constructor(
    private readonly store: SessionStore,
    private readonly cache: CredentialCache,
    private readonly cookies: AuthCookies,
    private readonly ladder: AcrLadder,
    private readonly proofs: SessionProofs,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
  ) {}

  /** Whether a bearer value has the shape of a session token, bare or signed as in `set-auth-token`. */
  matches(value: string): boolean {
    const token = value.split('.', 1)[0]!;
    return token.startsWith(`${TOKEN_PREFIX.session}_`) || (this.core.legacyCredentials && LEGACY_TOKEN.test(token));
  }

  /** The bare token of a bearer value. @returns null when it is signed and the signature is not ours */
  bare(value: string): string | null {
    if (!value.includes('.')) return value;
    return this.cookies.unsign(value.includes('%') ? percentDecoded(value) : value) ?? null;
  }

  /** Whether a bare token has the shape of a session token. */
  isToken(token: string): boolean {
    return isWellFormedToken(token, TOKEN_PREFIX.session) || (this.core.legacyCredentials && LEGACY_TOKEN.test(token));
  }

  async verify(token: string, scheme: SessionScheme): Promise<VerifiedSession | null> {
    if (!this.isToken(token)) return null;
    const digest = sha256(token);
    const credential = await this.cache.getOrLoad(cacheKey(digest, scheme), () => this.load(digest, scheme));
    return credential && this.taken(toVerified(credential), scheme);
  }

  /** As `verify`, but from memory alone. */
  recall(token: string, scheme: SessionScheme): VerifiedSession | undefined {
    const credential = this.cache.get(cacheKey(sha256(token), scheme));
    return (credential && this.taken(toVerified(credential), scheme)) ?? undefined;
  }

  /** Where apps have to prove a key, a session without one is a browser's: its token is good as a cookie alone. */
  private taken(session: VerifiedSession, scheme: SessionScheme): VerifiedSession | null {
    const isForCookies = session.principal.confirmation === null && this.proofs.binding === 'required';
    return scheme === 'bearer' && isForCookies ? null : session;
  }

  private async load(digest: string, scheme: SessionScheme): Promise<VerifiedCredential | null> {
    const found = await this.store.findByHash(digestToBytes(digest));
    // Nothing proves a key beside a cookie.
    if (!found || (scheme === 'session' && found.confirmation !== null)) return null;
    const extended = this.isDue(found, scheme) ? await this.extend(found.id, scheme) : null;
    const row = extended ?? found;
    return {
      principal: toPrincipal(row, scheme, this.ladder),
      tags: [tag('session', row.id), tag('subject', row.subject)],
      remainingMilliseconds: row.remaining_ms,
      state: scheme === 'session' && extended !== null,
    };
  }

  private extend(id: string, scheme: SessionScheme): Promise<SessionRow | null> {
    return this.store.extend(id, {
      lifetimeSeconds: this.settings.session.expiresInSeconds,
      withCookie: scheme === 'session',
    });
  }

  /**
   * Sliding: extended when used, at most once per `updateAge`. The cookie extends only when the reply can set it again, so that row and cookie
   * expire together. A use as bearer does not delay the next extension by cookie, since the browser got no new cookie.
   */
  private isDue(row: SessionRow, scheme: SessionScheme): boolean {
    const { updateAgeSeconds, expiresInSeconds } = this.settings.session;
    if (!row.remember || row.idle_ms < updateAgeSeconds * 1000) return false;
    if (scheme === 'session') return AuthContext.requestContext?.cookies?.isOpen === true;
    return row.remaining_ms <= (expiresInSeconds - updateAgeSeconds) * 1000;
  }
}

/** Session tokens as bearer. */
@Injectable()
export class SessionTokenReader implements BearerTokenReader {
  readonly credentialType = 'session';

  constructor(private readonly verifier: SessionVerifier) {}

  matches(token: string): boolean {
    return this.verifier.matches(token);
  }

  recall(value: string): AuthPrincipal | undefined {
    const token = this.verifier.bare(value);
    return token === null ? undefined : this.verifier.recall(token, 'bearer')?.principal;
  }

  async read(value: string): Promise<AuthPrincipal | null> {
    const token = this.verifier.bare(value);
    return token === null ? null : ((await this.verifier.verify(token, 'bearer'))?.principal ?? null);
  }
}

/** A session presented in two ways gives two principals. */
function cacheKey(digest: string, scheme: SessionScheme): string {
  return scheme === 'session' ? `${digest}.cookie` : digest;
}

function toVerified({ principal, state }: VerifiedCredential): VerifiedSession {
  return { principal, wasExtended: state === true };
}

function toPrincipal(row: SessionRow, scheme: string, ladder: AcrLadder): AuthPrincipal {
  return createPrincipal({
    subjectId: row.subject,
    scheme,
    credentialType: 'session',
    credentialId: row.id,
    sessionId: row.id,
    scopes: row.scopes,
    authenticatedAt: row.authenticated_at,
    expiresAt: row.expires_at,
    confirmation: row.confirmation,
    ...principalFacts(signInFacts(toSignIn(row, ladder))),
  });
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
