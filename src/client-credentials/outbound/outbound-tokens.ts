import { Logger } from '@nestjs/common';
import { SingleFlight } from '../../common/cache/single-flight.js';
import { underLease } from '../../common/database/lease.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { AuthEvents } from '../../common/events/auth-events.js';
import type { SecretBox } from '../../common/secrets/secret-box.js';
import type { ClientCredentialStore, CredentialKey, CredentialRow, Lease } from './client-credential.store.js';
import { HeldToken, MIN_LEFT_MILLISECONDS, Moment } from './held-token.js';
import { tokenRequestFailed } from './outbound-errors.js';
import type { OutboundApplication } from './outbound.settings.js';
import type { UsableProvider } from './provider.settings.js';
import type { GrantedToken, TokenResult } from './token.response.js';
import { STEPS_OF_A_REQUEST, type TokenRequester } from './token.requester.js';

/** What a token is fetched for, and where it is kept. */
export interface Target {
  readonly application: OutboundApplication;
  readonly provider: UsableProvider;
  readonly key: CredentialKey;
}

/** Time for the database's work before and after a request, within the lease. */
const LEASE_MARGIN_MILLISECONDS = 4_000;
const WAIT_MARGIN_MILLISECONDS = 5_000;
/** How long a failure is shared, unless the provider's `Retry-After` is longer. */
const BACK_OFF_MILLISECONDS = 5_000;
const EARLY_PAUSE_MILLISECONDS = 1_000;
const DATABASE_PAUSE_MILLISECONDS = 1_000;

/**
 * Tokens from memory, else from their rows, else from the providers. Callers in one process share one promise. Processes share one row and take
 * its lease by one conditional statement, so that one asks the provider and the others read again (T108). No connection is held meanwhile.
 */
export class OutboundTokens {
  private readonly logger = new Logger('AuthOutbound');
  private readonly held = new Map<string, HeldToken>();
  private readonly pending = new SingleFlight<HeldToken>();
  private readonly refreshing = new SingleFlight<void>();
  private readonly nextEarlyAttempt = new Map<string, number>();
  private readonly leaseMilliseconds: number;
  private stopped = false;

  constructor(
    private readonly store: ClientCredentialStore,
    private readonly requester: TokenRequester,
    private readonly box: SecretBox,
    private readonly events: AuthEvents,
    private readonly settings: { readonly memoryMilliseconds: number; readonly timeoutMilliseconds: number },
  ) {
    this.leaseMilliseconds = settings.timeoutMilliseconds * STEPS_OF_A_REQUEST + LEASE_MARGIN_MILLISECONDS;
  }

  /** @throws AuthError 502 when there is no token and the provider gives none; 503 when the database cannot answer */
  async get(target: Target): Promise<HeldToken> {
    const { name } = target.application;
    const held = this.held.get(name);
    const token = held?.isFresh() ? held : await this.pending.run(name, () => this.acquire(target));
    if (token.isAging()) this.refreshEarly(target, token);
    return token;
  }

  /** Waits for requests under way, so that no token that was fetched is lost. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([this.pending.settled(), this.refreshing.settled()]);
  }

  private async acquire(target: Target): Promise<HeldToken> {
    try {
      return await this.acquireByRow(target);
    } catch (error) {
      const held = this.held.get(target.application.name);
      // The database cannot be reached, but the token is still valid.
      if (!held?.isUsable() || !(error instanceof AuthError) || error.status !== 503) throw error;
      held.trustFor(DATABASE_PAUSE_MILLISECONDS);
      return held;
    }
  }

  private acquireByRow(target: Target): Promise<HeldToken> {
    return underLease({
      attempt: async () => {
        const readAt = new Moment();
        const row = await this.store.find(target.key);
        const token = this.hold(target, row, readAt) ?? (await this.takeTurn(target, row));
        if (!token && this.stopped) throw AuthError.unavailable('the application is shutting down');
        return token;
      },
      patienceMilliseconds: this.leaseMilliseconds + WAIT_MARGIN_MILLISECONDS,
      tooLate: () => failed(target, 'timeout', 1_000),
    });
  }

  /** Fetches the token, unless another process does. @throws AuthError 502 with the shared failure */
  private async takeTurn(target: Target, row: CredentialRow | null): Promise<HeldToken | null> {
    if (isAhead(row?.failed_ms)) throw failed(target, row!.failure!, row!.failed_ms!);
    if (isAhead(row?.lease_ms)) return null;
    // A token that could not be decrypted (its row was tampered with) is replaced, however much time it has left.
    const below = Math.max(MIN_LEFT_MILLISECONDS, (row?.remaining_ms ?? 0) + 1);
    return this.fetchNext(target, below);
  }

  /** Not awaited: the caller has a token. A failure is logged, and the refresh tried again later. */
  private refreshEarly(target: Target, token: HeldToken): void {
    const { name } = target.application;
    if (this.refreshing.has(name) || this.stopped || performance.now() < (this.nextEarlyAttempt.get(name) ?? 0)) return;
    this.nextEarlyAttempt.set(name, performance.now() + EARLY_PAUSE_MILLISECONDS);
    void this.refreshing.run(name, async () => {
      try {
        if (await this.fetchNext(target, token.earlyMilliseconds)) return;
        // Another process was faster.
        const readAt = new Moment();
        this.hold(target, await this.store.find(target.key), readAt);
      } catch (error) {
        this.logger.debug(`early refresh of "${name}" failed: ${String(error)}`);
      }
    });
  }

  /** @returns null when another process is fetching, or was faster */
  private async fetchNext(target: Target, belowMilliseconds: number): Promise<HeldToken | null> {
    const started = new Moment();
    const lease = await this.store.claim(target.key, this.leaseMilliseconds, belowMilliseconds);
    if (!lease) return null;
    const result = await this.requester.request(target.application, target.provider);
    const isWorthKeeping =
      result.ok && result.lifetimeSeconds * 1000 - started.elapsedMilliseconds() > MIN_LEFT_MILLISECONDS;
    return isWorthKeeping ? this.keep(target, lease, result) : this.fail(target, lease, result);
  }

  private async keep(target: Target, lease: Lease, granted: GrantedToken): Promise<HeldToken | null> {
    const sealedToken = this.box.seal(granted.accessToken, contextOf(target.key));
    const readAt = new Moment();
    const row = await this.store.keep(lease, { ...granted, sealedToken });
    const token = this.hold(target, row, readAt);
    if (token) {
      const { applicationName, accessTokenExpiresAt } = token.credential;
      this.events.emit('client-credentials.refreshed', { applicationName, accessTokenExpiresAt });
    }
    return token;
  }

  private async fail(target: Target, lease: Lease, result: TokenResult): Promise<null> {
    const failure = result.ok ? 'lifetime_too_short' : result.failure;
    const { numbers = [], retryAfterSeconds = 0 } = result.ok ? {} : result;
    const { name } = target.application;
    const backOff = Math.max(BACK_OFF_MILLISECONDS, retryAfterSeconds * 1000);
    const row = await this.store.fail(lease, failure, backOff);
    this.logger.warn(`token request for "${name}" failed: ${[failure, ...numbers].join(' ')}`);
    this.events.emit('client-credentials.failed', { applicationName: name, failure });
    if (!row) return null;
    throw failed(target, failure, row.failed_ms ?? backOff);
  }

  /** Takes the row's token into memory. @returns null when the row has none that may be handed out */
  private hold(target: Target, row: CredentialRow | null, readAt: Moment): HeldToken | null {
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
    const { memoryMilliseconds } = this.settings;
    const token = new HeldToken(credential, readAt, row.remaining_ms, row.lifetime_seconds ?? 0, memoryMilliseconds);
    if (!token.isUsable()) return null;
    this.held.set(target.application.name, token);
    return token;
  }
}

function isAhead(milliseconds: number | null | undefined): boolean {
  return milliseconds !== null && milliseconds !== undefined && milliseconds > 0;
}

function failed({ application, provider }: Target, failure: string, retryMilliseconds: number): AuthError {
  return tokenRequestFailed(provider.kind, application.name, failure, Math.ceil(retryMilliseconds / 1000));
}

/** Binds a sealed token to its row: copied into another row it cannot be opened. */
function contextOf(key: CredentialKey): string {
  return `client-credential:${key.applicationName}:${key.configuration.toString('base64url')}`;
}
