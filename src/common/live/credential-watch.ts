import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { CredentialCache } from '../cache/credential-cache.js';
import type { InvalidationChannel, InvalidationListener } from '../database/invalidation.js';
import { AuthError } from '../errors/auth-error.js';
import { AuthContext } from '../ports/auth-context.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { WakeTimer } from './wake-timer.js';
import { WatchedCredentials, type LiveConnection, type Watched } from './watched-credentials.js';

/** At a time, so that a lost notification does not take the whole pool from requests. */
const MAX_VERIFICATIONS = 4;
/** Between two looks at everything, also with `cacheTtl: 0`. */
const MIN_INTERVAL_MILLISECONDS = 500;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Watches the credentials of connections that stay open, and tells each connection once when its credential is no longer good: revoked,
 * signed out, disabled, forgotten or expired. At once for what ends in this process, and as soon as its notification arrives for what ends in
 * another. While notifications may be missed, everything is verified again each `cacheTtl`, and what may be kept only for some time, when that is
 * over. What a change does not end stays open.
 */
export class CredentialWatch implements InvalidationListener, OnApplicationShutdown {
  private readonly logger = new Logger('CredentialWatch');
  private readonly watched = new WatchedCredentials();
  /** To be verified again, the oldest first. */
  private readonly waiting = new Set<Watched>();
  private readonly timer = new WakeTimer(() => this.wake());
  private readonly intervalMilliseconds: number;
  private verifications = 0;
  private isSubscribed = false;
  private isStopped = false;

  /**
   * @param cache knows what a principal was read from
   * @param channel null: nothing tells of revocations
   */
  constructor(
    private readonly cache: Pick<CredentialCache, 'recordOf'>,
    private readonly channel: Pick<InvalidationChannel, 'subscribe' | 'isProven'> | null,
    ttlMilliseconds: number,
  ) {
    this.intervalMilliseconds = Math.max(ttlMilliseconds, MIN_INTERVAL_MILLISECONDS);
  }

  /** How many connections are watched. */
  get size(): number {
    return this.watched.all.size;
  }

  /**
   * @param principal whom the credential of the connection was just verified to be
   * @returns a function that ends the watch, for when the connection closes first
   */
  watch(principal: AuthPrincipal, connection: LiveConnection): () => void {
    if (this.isStopped) return () => undefined;
    // Only now: an application without such connections needs no notifications for them.
    if (!this.isSubscribed) this.channel?.subscribe(this);
    this.isSubscribed = true;
    const one: Watched = {
      connection,
      deadline: NEVER,
      verifyBy: NEVER,
      checkAt: NEVER,
      changedAt: -NEVER,
      tags: null,
    };
    this.watched.add(one);
    this.follow(one, principal);
    // The credential may have ended between its verification and now.
    this.again([one]);
    this.timer.notLaterThan(performance.now() + this.intervalMilliseconds);
    return () => this.forget(one);
  }

  drop(tags: readonly string[]): void {
    this.changed(this.watched.withTags(tags));
  }

  flush(): void {
    this.changed(this.watched.all);
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    this.timer.stop();
    this.waiting.clear();
    this.watched.clear();
  }

  private changed(these: Iterable<Watched>): void {
    for (const one of these) one.changedAt = performance.now();
    this.again(these);
  }

  /** Later in this turn: the cache, which hears of the same change, may not have dropped the credential yet. */
  private again(these: Iterable<Watched>): void {
    for (const one of these) this.waiting.add(one);
    if (this.waiting.size > 0 && this.verifications < MAX_VERIFICATIONS) queueMicrotask(() => this.verifyWaiting());
  }

  private verifyWaiting(): void {
    for (let more = this.waiting.size; more > 0 && this.verifications < MAX_VERIFICATIONS; more--) {
      this.verifications++;
      void this.verifyNext();
    }
  }

  private async verifyNext(): Promise<void> {
    for (const one of this.waiting) {
      // Before it is verified: a change that comes meanwhile has it verified once more.
      this.waiting.delete(one);
      await this.verify(one);
    }
    this.verifications--;
  }

  private async verify(one: Watched): Promise<void> {
    const { connection } = one;
    try {
      // In its own context: the change may come from a request of somebody else, who is not to get its cookies.
      this.follow(one, await AuthContext.run(connection.context, () => connection.verify()));
      if (one.deadline <= performance.now()) this.end(one, expired());
      // What has verified it may not have heard of the change yet, such as a list of keys, and the cache has kept its answer: for an interval,
      // and what was verified again within that one for another.
      else if (performance.now() - one.changedAt < 2 * this.intervalMilliseconds) this.checkLater(one);
    } catch (error) {
      if (error instanceof AuthError && error.status < 500) this.end(one, error);
      // A database that cannot answer has not said that the credential is bad. It is asked again, until the credential would expire.
      else if (one.deadline <= performance.now()) this.end(one, expired());
      // Nothing but its issuer tells that it was revoked, and the issuer is silent: requests with it are refused by now, too.
      else if (one.verifyBy <= performance.now()) this.end(one, unverified(error));
      else this.checkLater(one);
    }
  }

  private checkLater(one: Watched): void {
    this.checkBy(one, performance.now() + this.intervalMilliseconds);
  }

  private checkBy(one: Watched, at: number): void {
    one.checkAt = Math.min(one.checkAt, at);
    this.timer.notLaterThan(one.checkAt);
  }

  /** From now on by what was found last. */
  private follow(one: Watched, principal: AuthPrincipal): void {
    if (!this.watched.all.has(one)) return;
    const record = this.cache.recordOf(principal);
    one.deadline = record?.deadline ?? performance.now() + lifetimeOf(principal);
    one.verifyBy = record?.verifyBy ?? NEVER;
    this.watched.retag(one, record?.tags ?? null);
    this.timer.notLaterThan(one.deadline);
    this.checkBy(one, Math.max(one.verifyBy, performance.now() + MIN_INTERVAL_MILLISECONDS));
  }

  private wake(): void {
    const { all } = this.watched;
    if (all.size === 0) return;
    const now = performance.now();
    const isBlind = this.channel?.isProven !== true;
    let next = now + this.intervalMilliseconds;
    for (const one of all) {
      // Whose verification counts for some time only is verified when that is over, whatever else wakes us.
      if ((isBlind && one.verifyBy === NEVER) || one.deadline <= now || one.checkAt <= now) {
        one.checkAt = NEVER;
        this.again([one]);
      } else next = Math.min(next, one.deadline, one.checkAt);
    }
    this.timer.notLaterThan(next);
  }

  private end(one: Watched, reason: AuthError): void {
    if (!this.forget(one)) return;
    try {
      one.connection.ended(reason);
    } catch (error) {
      this.logger.error('A connection could not be ended', error instanceof Error ? error.stack : undefined);
    }
  }

  /** @returns whether it was still watched */
  private forget(one: Watched): boolean {
    this.waiting.delete(one);
    return this.watched.delete(one);
  }
}

function expired(): AuthError {
  return AuthError.invalidToken('the credential of an open connection has expired');
}

function unverified(error: unknown): AuthError {
  return error instanceof AuthError ? error : AuthError.unavailable('an open connection was not verified again', error);
}

function lifetimeOf({ expiresAt }: AuthPrincipal): number {
  return expiresAt === null ? NEVER : expiresAt.getTime() - Date.now();
}
