import { Injectable } from '@nestjs/common';
import type { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { ApiKeyLimitsStore } from './api-key-limits.store.js';
import { distinctRefusal, rateLimited, usageExceeded } from './api-key.refusal.js';
import { ApiKeyUsage } from './api-key.usage.js';
import { ApiKeyVerifier } from './api-key.verifier.js';
import type { ApiKeyState } from './api-key.state.js';

/** Counts a request with a valid key and spends its limits: one statement for a key with limits, none for a key without. */
@Injectable()
export class ApiKeyLimiter {
  constructor(
    private readonly limits: ApiKeyLimitsStore,
    private readonly usage: ApiKeyUsage,
    private readonly verifier: ApiKeyVerifier,
    private readonly events: AuthEvents,
  ) {}

  /**
   * @returns the quota left, null without one
   * @throws AuthError 429 `RATE_LIMITED` or `USAGE_EXCEEDED`; 401 when the key ended since it was looked up
   */
  async admit(state: ApiKeyState): Promise<number | null> {
    const left = state.isLimited ? await this.spend(state) : null;
    this.count(state);
    return left;
  }

  /** For a key without limits; synchronous. */
  count(state: ApiKeyState): void {
    this.usage.note(state.row.id);
  }

  private async spend({ row, configuration }: ApiKeyState): Promise<number | null> {
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
