import { Injectable } from '@nestjs/common';
import type { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { ApiKeyPermits } from './api-key.permits.js';
import { distinctRefusal, rateLimited, usageExceeded } from './api-key.refusal.js';
import { ApiKeyUsage } from './api-key.usage.js';
import { ApiKeyVerifier } from './api-key.verifier.js';
import type { ApiKeyState } from './api-key.state.js';

/** Counts a request with a valid key and spends its limits: by a statement for a quota, from memory where permits are held (ADR 16). */
@Injectable()
export class ApiKeyLimiter {
  constructor(
    private readonly permits: ApiKeyPermits,
    private readonly usage: ApiKeyUsage,
    private readonly verifier: ApiKeyVerifier,
    private readonly events: AuthEvents,
  ) {}

  /**
   * @returns the quota left, null without one
   * @throws AuthError 429 `RATE_LIMITED` or `USAGE_EXCEEDED`; 401 when the key ended since it was looked up
   */
  async admit(state: ApiKeyState): Promise<number | null> {
    if (this.admitFromMemory(state)) return null;
    const left = await this.spend(state);
    this.usage.note(state.row.id);
    return left;
  }

  /** Synchronous. @returns false: `admit` has to ask the database */
  admitFromMemory(state: ApiKeyState): boolean {
    if (state.isLimited && !this.permits.spendHeld(state)) return false;
    this.usage.note(state.row.id);
    return true;
  }

  private async spend(state: ApiKeyState): Promise<number | null> {
    const { row } = state;
    const found = await this.permits.take(state);
    if (found && found.granted > 0) return found.remaining;
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
