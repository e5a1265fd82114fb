import type { AuthError } from '../errors/auth-error.js';
import type { RequestContext } from '../ports/auth-context.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';

/** A connection that stays open for as long as its credential is good. */
export interface LiveConnection {
  /** Of the connection itself; the credential is verified in it. */
  readonly context: RequestContext;
  /**
   * Verifies the credential again, by the authenticator that verified it before; from memory, where it is still there.
   * @throws AuthError when it is no longer good, or no longer good enough
   */
  verify(): AuthPrincipal | Promise<AuthPrincipal>;
  /** Called at most once, and not after the watch was ended. */
  ended(reason: AuthError): void;
}

/** A connection, and what is known of its credential. */
export interface Watched {
  readonly connection: LiveConnection;
  /** When the credential expires, by `performance.now()`. */
  deadline: number;
  /** Until when its last verification counts, by `performance.now()`; `Infinity`: until something tells that it has ended. */
  verifyBy: number;
  /** When it is verified again in any case, by `performance.now()`. */
  checkAt: number;
  /** When something that it depends on has changed last, by `performance.now()`; `-Infinity`: never. */
  changedAt: number;
  /** Null: not known, so any change may be its end. */
  tags: readonly string[] | null;
}

const UNTAGGED = '';

/** The connections that are watched, found by the tags of their credentials. */
export class WatchedCredentials {
  readonly all = new Set<Watched>();
  private readonly byTag = new Map<string, Set<Watched>>();

  add(one: Watched): void {
    this.all.add(one);
    this.link(one);
  }

  /** @returns whether it was there */
  delete(one: Watched): boolean {
    this.unlink(one);
    return this.all.delete(one);
  }

  clear(): void {
    this.all.clear();
    this.byTag.clear();
  }

  /** What the credential was found to depend on now. */
  retag(one: Watched, tags: Watched['tags']): void {
    if (tags === one.tags) return;
    this.unlink(one);
    one.tags = tags;
    this.link(one);
  }

  withTags(tags: readonly string[]): Set<Watched> {
    const found = new Set(this.byTag.get(UNTAGGED));
    for (const tag of tags) for (const one of this.byTag.get(tag) ?? []) found.add(one);
    return found;
  }

  private link(one: Watched): void {
    for (const tag of one.tags ?? [UNTAGGED]) {
      const set = this.byTag.get(tag);
      if (set) set.add(one);
      else this.byTag.set(tag, new Set([one]));
    }
  }

  private unlink(one: Watched): void {
    for (const tag of one.tags ?? [UNTAGGED]) {
      const set = this.byTag.get(tag);
      set?.delete(one);
      if (set?.size === 0) this.byTag.delete(tag);
    }
  }
}
