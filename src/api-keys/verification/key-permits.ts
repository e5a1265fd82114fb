import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimitSettings } from '../api-keys.settings.js';
import type { HeldPermits, LimitState, Spending } from './api-key-limits.store.js';
import { PermitBlock } from './permit-block.js';

/** What the permits of a key need of their process. */
export interface PermitDesk {
  /** How long permits may be kept in memory; 0: not at all. */
  readonly lifeMilliseconds: number;
  spend(spending: Spending): Promise<LimitState | null>;
  giveBack(permits: HeldPermits): void;
  /** Calls back what all processes hold of this row's window. */
  callBack(counterId: string): void;
}

interface Waiter {
  /** Null: the key is gone. */
  readonly resolve: (state: LimitState | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Others are called on when they hold more than half of what is left. That is soon enough that a full window seldom has to wait for them. */
const CALL_BACK_FROM_PART = 2;
const CALL_BACK_INTERVAL_MILLISECONDS = 1_000;
/** A full window of which others still hold permits is asked again after 8, 16 … 512 ms: a process that died gives nothing back. */
const FIRST_WAIT_MILLISECONDS = 8;
const MAX_WAITS = 7;

/**
 * The permits of one key in one process. Requests that find none in the block wait for one statement, which takes a permit for each of them and
 * some for later ones. At most one statement runs at a time; it serves those who waited when it was sent, its block those who came since.
 */
export class KeyPermits {
  private readonly block: PermitBlock;
  private readonly waiting: Waiter[] = [];
  /** What filled the block. */
  private last: LimitState | null = null;
  private isServing = false;
  /** The key or its limit may have changed: who waits is still served, by statements, and nothing is kept. */
  private hasEnded = false;
  /** Counts how often permits were called back: what was on its way then is not kept. */
  private callBacks = 0;
  private calledBackAt = Number.NEGATIVE_INFINITY;
  private waits = 0;
  /** What others held of a window when it was given up on. */
  private givenUp: { readonly window: number | null; readonly held: number } | null = null;

  constructor(
    private readonly keyId: string,
    private readonly fallback: RateLimitSettings | null,
    private readonly desk: PermitDesk,
  ) {
    this.block = new PermitBlock(keyId);
  }

  /** @returns false: there is none in memory */
  spend(): boolean {
    return this.block.spend(performance.now());
  }

  /** For a request that found none in memory. @throws AuthError 503 when the database cannot answer */
  take(): Promise<LimitState | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (!this.isServing) void this.serve();
    });
  }

  /** Gives everything back at once. */
  callIn(): void {
    this.callBacks++;
    this.giveBack(this.block.empty(performance.now()));
  }

  end(): void {
    this.hasEnded = true;
    this.callIn();
  }

  /** Gives back what is left of a block whose life is over. */
  sweep(now: number): void {
    if (!this.isServing && this.block.isOver(now)) this.giveBack(this.block.empty(now));
  }

  private async serve(): Promise<void> {
    this.isServing = true;
    while (this.waiting.length > 0) {
      await this.takeFor(this.waiting.splice(0));
      while (this.waiting.length > 0 && this.spend()) this.waiting.shift()!.resolve(this.last);
    }
    this.isServing = false;
  }

  private async takeFor(served: readonly Waiter[]): Promise<void> {
    const { callBacks, keyId, fallback } = this;
    const sentAt = performance.now();
    const returned = this.block.empty(sentAt);
    const extra = this.hasEnded || this.desk.lifeMilliseconds === 0 ? 0 : this.block.wanted;
    try {
      const state = await this.desk.spend({ keyId, fallback, wanted: served.length, extra, returned });
      if (state && state.granted > 0) this.keep(state, sentAt);
      // A refusal has changed nothing.
      else this.giveBack(returned);
      if (callBacks !== this.callBacks) this.giveBack(this.block.empty(performance.now()));
      await this.answer(served, state);
    } catch (error) {
      // Whether the statement ran is unknown, so what it took and gave back is lost: fewer requests, never more.
      for (const { reject } of served) reject(error);
    }
  }

  private keep(state: LimitState, sentAt: number): void {
    const { lifeMilliseconds } = this.desk;
    const { window, extra, good_for_ms: goodFor, left, held_by_others: held } = state;
    // From before the statement was sent: by the database's clock less time than that has passed since.
    const deadline = sentAt + Math.min(lifeMilliseconds, goodFor ?? lifeMilliseconds);
    this.last = state;
    this.block.fill({ window, permits: extra, deadline });
    if (left !== null && held * CALL_BACK_FROM_PART > left) this.callBack(state.counter_id);
  }

  private async answer(served: readonly Waiter[], state: LimitState | null): Promise<void> {
    const granted = state?.granted ?? 0;
    for (const { resolve } of served.slice(0, granted)) resolve(state);
    const others = served.slice(granted);
    if (granted > 0) this.waits = 0;
    // Where some were granted and not all, the next statement says why.
    if (granted > 0 || (state && (await this.mayComeBack(state)))) this.waiting.unshift(...others);
    else for (const { resolve } of others) resolve(state);
  }

  /** Waits for permits that others hold of a full window. @returns false: there are none, or they do not come back */
  private async mayComeBack({ window_full: isFull, held_by_others: held, window, counter_id }: LimitState) {
    const isGivenUp = this.givenUp?.window === window && held <= this.givenUp.held;
    if (!isFull || held <= 0 || isGivenUp || this.waits === MAX_WAITS) {
      if (this.waits === MAX_WAITS) this.givenUp = { window, held };
      this.waits = 0;
      return false;
    }
    if (this.waits === 0) this.calledBackAt = Number.NEGATIVE_INFINITY;
    this.callBack(counter_id);
    await sleep(FIRST_WAIT_MILLISECONDS * 2 ** this.waits++);
    return true;
  }

  private callBack(counterId: string): void {
    const now = performance.now();
    if (now - this.calledBackAt < CALL_BACK_INTERVAL_MILLISECONDS) return;
    this.calledBackAt = now;
    this.desk.callBack(counterId);
  }

  private giveBack(permits: HeldPermits | null): void {
    if (permits) this.desk.giveBack(permits);
  }
}
