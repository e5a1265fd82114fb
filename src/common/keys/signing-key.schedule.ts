import type { SigningAlgorithm } from './signing-algorithm.js';
import type { SigningKeyRow, SigningKeyRows } from './signing-key.store.js';

/** Every process reads the keys again at least this often, with or without a notification. */
export const RING_REFRESH_SECONDS = 30;
/** A process that read its keys longer ago than this signs nothing until it has read them again. */
export const RING_STALE_SECONDS = 60;

/** How signing keys are chosen, rotated and published. */
export interface SigningKeyPolicy {
  /** Algorithms that need a signing key. */
  readonly algorithms: ReadonlySet<SigningAlgorithm>;
  /** Algorithms for which no other may stand in: their first key signs at once. */
  readonly exact: ReadonlySet<SigningAlgorithm>;
  /** Lifetime of the longest-lived token that may be signed. */
  readonly longestTokenSeconds: number;
  /** Age at which a key is replaced; null: only on demand. */
  readonly rotationSeconds: number | null;
  /** How long a verifier may keep a copy of the key set (`Cache-Control: max-age`). */
  readonly keySetMaxAgeSeconds: number;
}

/** A reason to make keys now. */
export interface SigningKeyDemand {
  /** Algorithms whose current key is to be replaced, after the usual publication lead. */
  readonly rotate: ReadonlySet<SigningAlgorithm>;
  /** Algorithms that may have lost their current key, and so need one that signs at once. */
  readonly urgent: ReadonlySet<SigningAlgorithm>;
}

export const NO_DEMAND: SigningKeyDemand = { rotate: new Set(), urgent: new Set() };

export interface PlannedKey {
  readonly algorithm: SigningAlgorithm;
  /** Milliseconds since 1970, by the database's clock. */
  readonly activeMs: number;
}

/** `next`: published but not used yet; `current`: signs; `retired`: only verifies. */
export type SigningKeyState = 'next' | 'current' | 'retired';

/**
 * Seconds between the making of a key and its first signature: the time in which a process may still publish a key set without it, then
 * the time for which a verifier may keep that copy, and a reserve for clock skew (OIDC Core 10.1.1).
 */
export function publicationLeadSeconds(keySetMaxAgeSeconds: number): number {
  return keySetMaxAgeSeconds + RING_REFRESH_SECONDS + 30;
}

export function stateOf(key: Pick<SigningKeyRow, 'active_ms' | 'superseded_ms'>, nowMs: number): SigningKeyState {
  if (key.active_ms === null || (key.superseded_ms !== null && key.superseded_ms <= nowMs)) return 'retired';
  return key.active_ms > nowMs ? 'next' : 'current';
}

/** Which keys to make, and when they start to sign. Usually none. A pure function: the same rows give the same plan in every process. */
export function planKeys(
  { nowMs, rows }: SigningKeyRows,
  policy: SigningKeyPolicy,
  demand: SigningKeyDemand,
): PlannedKey[] {
  const canSign = rows.some((row) => stateOf(row, nowMs) === 'current');
  return [...policy.algorithms].flatMap((algorithm) => {
    const activeMs = startOfNew(
      rows.filter((row) => row.algorithm === algorithm),
      {
        nowMs,
        policy,
        canSign,
        urgent: demand.urgent.has(algorithm) || policy.exact.has(algorithm),
        rotate: demand.rotate.has(algorithm),
      },
    );
    return activeMs === null ? [] : [{ algorithm, activeMs }];
  });
}

interface Situation {
  readonly nowMs: number;
  readonly policy: SigningKeyPolicy;
  /** Some key can sign, perhaps one of another algorithm. */
  readonly canSign: boolean;
  readonly urgent: boolean;
  readonly rotate: boolean;
}

/** When a new key of one algorithm should start to sign; null: none is wanted. */
function startOfNew(rows: readonly SigningKeyRow[], situation: Situation): number | null {
  const { nowMs, policy, canSign, urgent, rotate } = situation;
  const current = rows.find((row) => stateOf(row, nowMs) === 'current');
  // At once, if it cannot wait or nothing else could sign meanwhile. No verifier holds a copy of a key set that never had a key.
  if (!current && (urgent || !canSign)) return nowMs;
  // A next key exists already, and serves as the result of this rotation (T053).
  if (rows.some((row) => stateOf(row, nowMs) === 'next')) return null;
  const earliest = nowMs + publicationLeadSeconds(policy.keySetMaxAgeSeconds) * 1000;
  // Another algorithm signs until verifiers can know this key.
  if (!current || rotate) return earliest;
  if (policy.rotationSeconds === null) return null;
  const due = current.active_ms! + policy.rotationSeconds * 1000;
  return due <= earliest + RING_REFRESH_SECONDS * 1000 ? Math.max(due, earliest) : null;
}

/**
 * Current keys of algorithms that are no longer in use, once every algorithm in use has its own current key; until then the old keys may
 * have to sign.
 */
export function keysToRetire({ nowMs, rows }: SigningKeyRows, { algorithms }: SigningKeyPolicy): string[] {
  const current = rows.filter((row) => stateOf(row, nowMs) === 'current');
  const served = new Set(current.map((row) => row.algorithm));
  if (![...algorithms].every((algorithm) => served.has(algorithm))) return [];
  return current.filter((row) => !algorithms.has(row.algorithm)).map((row) => row.kid);
}
