import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { tag } from '../../common/cache/tags.js';
import type { Database } from '../../common/database/database.js';
import type { InvalidationListener } from '../../common/database/invalidation.js';
import type { TokenRevoker } from '../../common/tokens/token.revoker.js';
import type { ApiKeyLimitsStore, HeldPermits, LimitState, Spending } from './api-key-limits.store.js';
import type { ApiKeyState } from './api-key.state.js';
import { KeyPermits, type PermitDesk } from './key-permits.js';

const BATCH_KEYS = 1_000;
const SHORTEST_SWEEP_MILLISECONDS = 1_000;
const KEY_TAG = tag('apikey', '');
const COUNTER_TAG = tag('limit', '');

export interface PermitSettings {
  /** Of a block: `cacheTtl`, the bound for everything in memory. */
  readonly lifeMilliseconds: number;
  /** Largest number of keys; the least recently used give back what they hold. */
  readonly maxKeys: number;
}

/**
 * Takes permits of rate limits in blocks and spends them from memory (ADR 16). The row counts a permit when it is taken, so that all
 * processes together never spend more than the limit; what is not spent is given back: with the next block, when a block's life is over, when
 * another process calls it back because the window is nearly full, when the key changes, at shutdown.
 */
export class ApiKeyPermits implements InvalidationListener, PermitDesk {
  private readonly logger = new Logger('ApiKeyPermits');
  private readonly keys: LRUCache<string, KeyPermits>;
  private readonly returned: HeldPermits[] = [];
  private returning: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosing = false;

  constructor(
    private readonly store: ApiKeyLimitsStore,
    private readonly database: Database,
    private readonly revoker: TokenRevoker,
    private readonly settings: PermitSettings,
  ) {
    this.keys = new LRUCache({ max: settings.maxKeys, dispose: (permits) => permits.end() });
  }

  get lifeMilliseconds(): number {
    return this.isClosing ? 0 : this.settings.lifeMilliseconds;
  }

  start(): void {
    const { lifeMilliseconds } = this.settings;
    if (lifeMilliseconds === 0) return;
    const interval = Math.max(lifeMilliseconds, SHORTEST_SWEEP_MILLISECONDS);
    this.timer = setInterval(() => this.sweep(), interval).unref();
  }

  /** Spends a permit from memory. @returns false: there is none */
  spendHeld({ row }: ApiKeyState): boolean {
    // A quota is money, and shown: each request spends it by a statement.
    return row.remaining === null && (this.keys.get(row.id)?.spend() ?? false);
  }

  /** Spends what limits the key, by a statement. @returns null when the row is gone */
  take({ row, configuration }: ApiKeyState): Promise<LimitState | null> {
    const fallback = configuration.rateLimit;
    if (row.remaining !== null) return this.spend({ keyId: row.id, fallback, wanted: 1, extra: 0, returned: null });
    let permits = this.keys.get(row.id);
    if (!permits) {
      permits = new KeyPermits(row.id, fallback, this);
      this.keys.set(row.id, permits);
    }
    return permits.take();
  }

  spend(spending: Spending): Promise<LimitState | null> {
    return this.store.spend(spending);
  }

  drop(tags: readonly string[]): void {
    for (const one of tags) {
      if (one.startsWith(KEY_TAG)) this.keys.delete(one.slice(KEY_TAG.length));
      // Only keys that spend their own window hold permits.
      else if (one.startsWith(COUNTER_TAG)) this.keys.peek(one.slice(COUNTER_TAG.length))?.callIn();
    }
  }

  flush(): void {
    this.keys.clear();
  }

  /** From now on nothing is held, since the process may end soon; what was held is given back. */
  async drain(): Promise<void> {
    this.isClosing = true;
    clearInterval(this.timer);
    this.flush();
    await this.settled();
  }

  /** Waits until everything is given back. */
  async settled(): Promise<void> {
    await this.returning;
  }

  giveBack(permits: HeldPermits): void {
    this.returned.push(permits);
    this.returning ??= this.write();
  }

  callBack(counterId: string): void {
    this.database
      .single(async (tx) => this.revoker.invalidate(tx, [tag('limit', counterId)]))
      // Then they come back when the lives of the blocks are over.
      .catch(() => undefined);
  }

  private sweep(): void {
    const now = performance.now();
    for (const permits of this.keys.values()) permits.sweep(now);
  }

  /** A failed write is not repeated: it may have happened, and permits given back twice would be spent twice. */
  private async write(): Promise<void> {
    // So that all that is given back now goes into one statement.
    await Promise.resolve();
    while (this.returned.length > 0) {
      const batch = this.returned.splice(0, BATCH_KEYS);
      try {
        await this.store.giveBack(batch);
      } catch (error) {
        this.logger.warn(`unused permits of ${batch.length} API keys are lost to their windows: ${String(error)}`);
      }
    }
    this.returning = undefined;
  }
}
