import { Injectable } from '@nestjs/common';
import type { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { KeyLimitsStore } from './key-limits.store.js';
import { distinctRefusal, rateLimited, usageExceeded } from './key-refusal.js';
import { KeyUsage } from './key-usage.js';
import { KeyVerifier } from './key-verifier.js';
import type { KeyState } from './verified-key.js';

/** Counts a request of a good key and spends its limits: nothing for a key without limits, one statement for one with. */
@Injectable()
export class KeyAdmission {
  constructor(
    private readonly limits: KeyLimitsStore,
    private readonly usage: KeyUsage,
    private readonly verifier: KeyVerifier,
    private readonly events: AuthEvents,
  ) {}

  /**
   * @returns the quota left, null without one
   * @throws AuthError 429 `RATE_LIMITED` or `USAGE_EXCEEDED`; 401 when the key died since it was looked up
   */
  async admit(state: KeyState): Promise<number | null> {
    const left = state.isLimited ? await this.spend(state) : null;
    this.count(state);
    return left;
  }

  /** For a key without limits, at once. */
  count(state: KeyState): void {
    this.usage.note(state.row.id);
  }

  private async spend({ row, configuration }: KeyState): Promise<number | null> {
    const found = await this.limits.spend(row.id, configuration.rateLimit);
    if (found?.spent) return found.remaining;
    if (found?.window_full) throw this.limited(row.id, 'rate', rateLimited(found));
    if (found?.quota_empty) throw this.limited(row.id, 'quota', usageExceeded(found));
    this.verifier.refuse('revoked', row.id);
    throw distinctRefusal('revoked');
  }

  private limited(keyId: string, limit: 'rate' | 'quota', error: AuthError): AuthError {
    this.events.emit('api-key.limited', { keyId, limit, retryAfterSeconds: error.retryAfterSeconds ?? null });
    return error;
  }
}
