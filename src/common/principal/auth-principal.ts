import type { Actor } from './actor.js';
import type { Confirmation } from './confirmation.js';

/**
 * An immutable set, because all requests with one credential share its principal. It wraps a Set, since a frozen or extended Set can
 * still be changed through `Set.prototype`.
 */
class FrozenTexts implements ReadonlySet<string> {
  readonly #texts: ReadonlySet<string>;

  constructor(texts: Iterable<string>) {
    this.#texts = new Set(texts);
    Object.freeze(this);
  }

  get size(): number {
    return this.#texts.size;
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  forEach(callback: (text: string, same: string, set: ReadonlySet<string>) => void, self?: unknown): void {
    for (const text of this.#texts) callback.call(self, text, text, this);
  }

  entries(): SetIterator<[string, string]> {
    return this.#texts.entries();
  }

  keys(): SetIterator<string> {
    return this.#texts.keys();
  }

  values(): SetIterator<string> {
    return this.#texts.values();
  }

  [Symbol.iterator](): SetIterator<string> {
    return this.#texts.values();
  }

  toJSON(): string[] {
    return [...this.#texts];
  }
}

/** Most principals have no roles: they share this. */
const NO_TEXTS = new FrozenTexts([]);

/**
 * The identity that a credential resolves to, of one shape for all credentials. Frozen; `@CurrentPrincipal()` gives it.
 * It contains no secret: it may be logged and serialised.
 */
export interface AuthPrincipal {
  /** `user`: the session, token or API key of a user. `client`: an application acting for itself. */
  readonly kind: 'user' | 'client';
  /** Opaque id of the user, organisation or client this credential acts for. */
  readonly subjectId: string;
  /** Trusted outside issuer of the credential; null: this server. Ids are unique per issuer only. */
  readonly issuer: string | null;
  /** OAuth client the credential was issued to, if any. */
  readonly clientId: string | null;
  /** Scheme that resolved it: `bearer`, `apiKey` or `session`. */
  readonly scheme: string;
  /** What was presented: `session`, `access_token`, `api_key`, `jwt`, `external_jwt`, `external_token`. */
  readonly credentialType: string;
  /** Id of the credential's row or `jti`; never the secret. */
  readonly credentialId: string;
  /** Session behind the credential, if any. */
  readonly sessionId: string | null;
  readonly scopes: ReadonlySet<string>;
  /**
   * What `@Roles` asks for: those of the user at the sign-in behind a session, and in the tokens and JWTs made from it; those in a token of an
   * outside issuer, where its option `roles` says. Empty for API keys, and for clients of their own accord.
   */
  readonly roles: ReadonlySet<string>;
  /** Audiences the credential is limited to; empty means this server only. */
  readonly audience: readonly string[];
  /** When the user last proved who they are; null for clients and API keys. */
  readonly authenticatedAt: Date | null;
  /** Null: does not expire. */
  readonly expiresAt: Date | null;
  /** What its holder must prove with each use (RFC 9449 6, RFC 8705 3.1); the guard has seen to it. Null: a bearer token. */
  readonly confirmation: Confirmation | null;
  /**
   * Who acts for the subject, as the last of a chain (RFC 8693 4.1): a client that exchanged a token, an agent, an administrator who acts as the
   * user. Null: the subject acts. Never take it for the subject: it may do what the subject may, and no more.
   */
  readonly actor: Actor | null;
  /** Further facts of the credential, e.g. `apiKey: { id, name, metadata, permissions }`. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The required members of a principal, and optional others. Default: a user without scopes. */
export type AuthPrincipalInit = Pick<AuthPrincipal, 'subjectId' | 'scheme' | 'credentialType' | 'credentialId'> &
  Partial<Omit<AuthPrincipal, 'scopes' | 'roles'>> & { scopes?: Iterable<string>; roles?: Iterable<string> };

/**
 * Makes a frozen principal, for tests and for guards of the host.
 *
 * @example
 * const principal = createPrincipal({
 *   subjectId: 'user-1',
 *   scheme: 'bearer',
 *   credentialType: 'access_token',
 *   credentialId: 'a-token',
 *   scopes: ['reports:read'],
 * });
 * principal.scopes.has('reports:read'); // true
 */
export function createPrincipal(init: AuthPrincipalInit): AuthPrincipal {
  return Object.freeze({
    kind: init.kind ?? 'user',
    subjectId: init.subjectId,
    issuer: init.issuer ?? null,
    clientId: init.clientId ?? null,
    scheme: init.scheme,
    credentialType: init.credentialType,
    credentialId: init.credentialId,
    sessionId: init.sessionId ?? null,
    scopes: new FrozenTexts(init.scopes ?? []),
    roles: init.roles ? new FrozenTexts(init.roles) : NO_TEXTS,
    audience: Object.freeze([...(init.audience ?? [])]),
    authenticatedAt: init.authenticatedAt ?? null,
    expiresAt: init.expiresAt ?? null,
    confirmation: init.confirmation ? Object.freeze({ ...init.confirmation }) : null,
    actor: init.actor ?? null,
    claims: Object.freeze({ ...init.claims }),
  });
}
