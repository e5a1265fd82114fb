import { Logger } from '@nestjs/common';
import { SingleFlight } from '../../common/cache/single-flight.js';
import { tag } from '../../common/cache/tags.js';
import { underLease } from '../../common/database/lease.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { AuthEvents } from '../../common/events/auth-events.js';
import type { SecretBox } from '../../common/secrets/secret-box.js';
import type { ClientCredentialStore, CredentialKey, CredentialRow, Lease, RowEnd } from './client-credential.store.js';
import { HeldToken, Moment } from './held-token.js';
import { failureOf } from './outbound-errors.js';
import type { OutboundMemory } from './outbound-memory.js';
import { memoryKey, minLeftMilliseconds, type Target } from './target.js';
import type { GrantedToken, RefusedToken, TokenResult } from './token.response.js';
import { STEPS_OF_A_REQUEST, type TokenRequester } from './token.requester.js';

/** Time for the database's work before and after a request, within the lease. */
const LEASE_MARGIN_MILLISECONDS = 4_000;
const WAIT_MARGIN_MILLISECONDS = 5_000;
/** How long a failure is shared, unless the provider's `Retry-After` is longer. */
const BACK_OFF_MILLISECONDS = 5_000;
const EARLY_PAUSE_MILLISECONDS = 1_000;
const DATABASE_PAUSE_MILLISECONDS = 1_000;
const TOO_SHORT: RefusedToken = { ok: false, failure: 'lifetime_too_short' };

/**
 * Tokens from memory, else from their rows, else from the providers. Callers in one process share one promise. Processes share one row and take
 * its lease by one conditional statement, so that one asks the provider and the others read again (T108). No connection is held meanwhile.
 */
export class OutboundTokens {
  private readonly logger = new Logger('AuthOutbound');
  private readonly refreshing = new SingleFlight<void>();
  private readonly leaseMilliseconds: number;
  private stopped = false;

  constructor(
    private readonly store: ClientCredentialStore,
    private readonly requester: TokenRequester,
    private readonly box: SecretBox,
    private readonly events: AuthEvents,
    private readonly memory: OutboundMemory,
    private readonly settings: { readonly memoryMilliseconds: number; readonly timeoutMilliseconds: number },
  ) {
    this.leaseMilliseconds = settings.timeoutMilliseconds * STEPS_OF_A_REQUEST + LEASE_MARGIN_MILLISECONDS;
  }

  /** @throws AuthError 502 when there is no token and the provider gives none; 503 when the database cannot answer; for users also 401 and 403 */
  async get(target: Target): Promise<HeldToken> {
    const held = this.memory.find(target);
    const token = held?.isFresh() ? held : await this.memory.load(target, () => this.acquire(target));
    if (token.isAging()) this.refreshEarly(target, token);
    return token;
  }

  /** Waits for requests under way, so that no token that was fetched is lost. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([this.memory.settled(), this.refreshing.settled()]);
  }

  private async acquire(target: Target): Promise<HeldToken> {
    try {
      return await this.acquireByRow(target);
    } catch (error) {
      const held = this.memory.find(target);
      // The database cannot be reached, but the token is still valid.
      if (!held?.isUsable() || !(error instanceof AuthError) || error.status !== 503) throw error;
      held.trustFor(DATABASE_PAUSE_MILLISECONDS);
      return held;
    }
  }

  private acquireByRow(target: Target): Promise<HeldToken> {
    let attempts = 0;
    return underLease({
      attempt: async () => {
        // At the first, it was verified just now. It may have ended while another process had the lease, and with it the row.
        if (attempts++ > 0) await target.user?.verify();
        const readAt = new Moment();
        const row = await this.store.find(target.key);
        const token = this.tokenOf(target, row, readAt) ?? (await this.takeTurn(target, row));
        if (!token && this.stopped) throw AuthError.unavailable('the application is shutting down');
        return token;
      },
      patienceMilliseconds: this.leaseMilliseconds + WAIT_MARGIN_MILLISECONDS,
      tooLate: () => failureOf(target, { ok: false, failure: 'timeout' }, 1_000),
    });
  }

  /** Fetches the token, unless another process does. @throws AuthError with the shared failure */
  private async takeTurn(target: Target, row: CredentialRow | null): Promise<HeldToken | null> {
    if (isAhead(row?.failed_ms)) throw failureOf(target, sharedFailure(row!), row!.failed_ms!);
    if (isAhead(row?.lease_ms)) return null;
    // A token that could not be decrypted (its row was tampered with) is replaced, however much time it has left.
    const below = Math.max(minLeftMilliseconds(target), (row?.remaining_ms ?? 0) + 1);
    return this.fetchNext(target, below);
  }

  /** Not awaited: the caller has a token. A failure is logged, and the refresh tried again later. */
  private refreshEarly(target: Target, token: HeldToken): void {
    const key = memoryKey(target.key);
    // It lasts as long as the user's credential: the next one would not last longer.
    if (target.user && token.leftMilliseconds() >= target.user.leftMilliseconds()) return;
    if (this.stopped || this.refreshing.has(key) || !token.mayTry(EARLY_PAUSE_MILLISECONDS)) return;
    void this.refreshing.run(key, async () => {
      try {
        await this.fetchNext(target, token.earlyMilliseconds);
        // Whoever has fetched it: the next caller reads the row.
        token.trustFor(0);
      } catch (error) {
        this.logger.debug(`early refresh of "${target.application.name}" failed: ${String(error)}`);
      }
    });
  }

  /** @returns null when another process is fetching, or was faster */
  private async fetchNext(target: Target, belowMilliseconds: number): Promise<HeldToken | null> {
    const started = new Moment();
    const { leaseMilliseconds, store } = this;
    const lease = await store.claim(target.key, { leaseMilliseconds, belowMilliseconds, end: endOf(target) });
    if (!lease) return null;
    if (lease.isFirst && target.user) await store.trim(target.key, tag('subject', target.user.principal.subjectId));
    const result = await this.requester.request(target);
    const isWorthKeeping =
      result.ok && result.lifetimeSeconds * 1000 - started.elapsedMilliseconds() > minLeftMilliseconds(target);
    return isWorthKeeping ? this.keep(target, lease, result) : this.fail(target, lease, result);
  }

  private async keep(target: Target, lease: Lease, granted: GrantedToken): Promise<HeldToken | null> {
    const sealedToken = this.box.seal(granted.accessToken, contextOf(target.key));
    const readAt = new Moment();
    const row = await this.store.keep(lease, { ...granted, sealedToken, end: endOf(target) });
    const token = this.tokenOf(target, row, readAt);
    if (token) {
      await this.requireAlive(target);
      const { applicationName, accessTokenExpiresAt } = token.credential;
      this.events.emit('client-credentials.refreshed', { applicationName, accessTokenExpiresAt, ...subjectOf(target) });
    }
    return token;
  }

  /** The credential may have ended while the provider was asked, in a transaction that had not committed when the lease was taken. */
  private async requireAlive({ user, key }: Target): Promise<void> {
    try {
      await user?.verify();
    } catch (error) {
      if (error instanceof AuthError && error.status < 500) await this.store.remove(key);
      throw error;
    }
  }

  private async fail(target: Target, lease: Lease, result: TokenResult): Promise<null> {
    const refused = result.ok ? TOO_SHORT : result;
    const { failure, facts, retryAfterSeconds = 0 } = refused;
    const { name } = target.application;
    const backOff = Math.max(BACK_OFF_MILLISECONDS, retryAfterSeconds * 1000);
    const row = await this.store.fail(lease, refused, backOff);
    this.logger.warn(`token request for "${name}" failed: ${[failure, ...(facts?.numbers ?? [])].join(' ')}`);
    this.events.emit('client-credentials.failed', { applicationName: name, failure, ...subjectOf(target) });
    if (!row) return null;
    throw failureOf(target, refused, row.failed_ms ?? backOff);
  }

  /** The row's token. @returns null when the row has none that may be handed out */
  private tokenOf(target: Target, row: CredentialRow | null, readAt: Moment): HeldToken | null {
    if (!row?.access_token || row.remaining_ms === null) return null;
    const accessToken = this.box.open(row.access_token, contextOf(target.key));
    if (accessToken === null) return null;
    const credential = {
      id: row.id,
      applicationName: target.application.name,
      accessToken,
      accessTokenExpiresAt: row.expires_at!,
      scope: row.scope ?? '',
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
    const token = new HeldToken(credential, readAt, row.remaining_ms, {
      lifetimeSeconds: row.lifetime_seconds ?? 0,
      memoryMilliseconds: this.settings.memoryMilliseconds,
      minLeftMilliseconds: minLeftMilliseconds(target),
      tags: target.user?.tags ?? [],
    });
    return token.isUsable() ? token : null;
  }
}

function isAhead(milliseconds: number | null | undefined): boolean {
  return milliseconds !== null && milliseconds !== undefined && milliseconds > 0;
}

function endOf({ user }: Target): RowEnd | null {
  return user && { tags: user.tags, leftMilliseconds: user.leftMilliseconds() };
}

function subjectOf({ user }: Target): { readonly subjectId?: string } {
  return user ? { subjectId: user.principal.subjectId } : {};
}

function sharedFailure(row: CredentialRow): RefusedToken {
  return { ok: false, failure: row.failure!, facts: row.failure_facts ?? {} };
}

/** Binds a sealed token to its row: copied into another row it cannot be opened. */
function contextOf(key: CredentialKey): string {
  return `client-credential:${key.applicationName}:${key.configuration.toString('base64url')}`;
}
