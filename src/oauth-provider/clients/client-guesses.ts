import { Injectable } from '@nestjs/common';
import { AuthContext } from '../../common/host/auth-context.js';
import { addressKey } from '../../common/http/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';

const WINDOW_SECONDS = 300;
const BY_CLIENT_AND_ADDRESS: RateLimit = { name: 'client-pair', max: 20, windowSeconds: WINDOW_SECONDS };
/** Wider, since many clients may stand behind one address. */
const BY_ADDRESS: RateLimit = { name: 'client-address', max: 100, windowSeconds: WINDOW_SECONDS };

/**
 * Bounds the guessing of client credentials (T081, RFC 6819 4.3.5): failures are counted, and refused with 429 above the bound; success never
 * is either. A credential of 256 bits is not found by guessing, so the right one passes whatever others behind its address have tried. The
 * counters are shared by all processes; honest clients cost no statement.
 */
@Injectable()
export class ClientGuesses {
  constructor(private readonly limits: RateLimits) {}

  /** Counts a failure. @throws AuthError 429 when it is one too many */
  async count(clientId: string | null): Promise<void> {
    const address = callerAddress();
    await this.limits.consume(BY_ADDRESS, address);
    await this.limits.consume(BY_CLIENT_AND_ADDRESS, pair(clientId, address));
  }
}

function callerAddress(): string {
  return addressKey(AuthContext.scope?.address() ?? null);
}

function pair(clientId: string | null, address: string): string {
  return `${clientId ?? ''}\0${address}`;
}
