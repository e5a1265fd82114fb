import { asDate, asFlag, asNumber, type SourceRow } from '../source-values.js';

const MAX_INTEGER = 2_147_483_647;

/** Limit and quota of a key, and what was spent of them. A text: why they cannot be kept. */
export function keyLimitsOf(row: SourceRow) {
  const [windowMs, max] = [asNumber(row['rateLimitTimeWindow']), asNumber(row['rateLimitMax'])];
  const [interval, amount] = [asNumber(row['refillInterval']), asNumber(row['refillAmount'])];
  const remaining = asNumber(row['remaining']);
  if (![windowMs, max, interval, amount].every(isCount)) return 'a limit or a refill is not a whole number above zero';
  if (remaining !== null && (!Number.isInteger(remaining) || remaining > MAX_INTEGER))
    return 'remaining is not a whole number';
  // better-auth refills only where both are given.
  const refills = interval !== null && amount !== null;
  return {
    rate_limit_enabled: asFlag(row['rateLimitEnabled']) ?? true,
    rate_limit_window_ms: windowMs,
    rate_limit_max: max,
    ...openWindow(row, windowMs),
    remaining: remaining === null ? null : Math.max(0, remaining),
    refill_amount: refills ? amount : null,
    refill_interval_ms: refills ? interval : null,
    last_refill_at: asDate(row['lastRefillAt']),
  };
}

/** There a window ends a whole length after the last request, and here one length after its first: the last one begins it. */
function openWindow(row: SourceRow, windowMs: number | null) {
  const last = asDate(row['lastRequest']);
  const count = asNumber(row['requestCount']) ?? 0;
  const isOpen = last !== null && windowMs !== null && count > 0 && last.getTime() + windowMs > Date.now();
  return { window_started_at: isOpen ? last : null, window_count: isOpen ? count : 0 };
}

function isCount(value: number | null): boolean {
  return value === null || (Number.isInteger(value) && value > 0 && value <= MAX_INTEGER);
}
