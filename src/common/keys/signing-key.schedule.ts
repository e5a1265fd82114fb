import type { SigningAlgorithm } from './signing-algorithm.js';
import type { SigningKeyRow, SigningKeyRows } from './signing-key.store.js';

/** Every process reads the keys again at least this often, whether it was notified or not. */
export const RING_REFRESH_SECONDS = 30;
/** A process whose keys are older than this signs nothing until it has read them again. */
export const RING_STALE_SECONDS = 60;

/** What the host wants of its keys. */
export interface SigningKeyPolicy {
  /** Algorithms to keep a signing key for. */
  readonly algorithms: ReadonlySet<SigningAlgorithm>;
  /** Those of them for which no other may sign in the meantime: their first key signs at once. */
  readonly exact: ReadonlySet<SigningAlgorithm>;
  /** Lifetime of the longest token that may be signed. */
  readonly longestTokenSeconds: number;
  /** Age at which a key is replaced; null: never by itself. */
  readonly rotationSeconds: number | null;
  /** How long a verifier may keep a copy of the key set (`Cache-Control: max-age`). */
  readonly keySetMaxAgeSeconds: number;
}

/** A reason to make keys now. */
export interface SigningKeyDemand {
  /** Replace the current keys of these algorithms, in order. */
  readonly rotate: ReadonlySet<SigningAlgorithm>;
  /** These lost their current key and cannot wait. */
  readonly urgent: ReadonlySet<SigningAlgorithm>;
}

export const NO_DEMAND: SigningKeyDemand = { rotate: new Set(), urgent: new Set() };

export interface PlannedKey {
  readonly algorithm: SigningAlgorithm;
  /** Milliseconds since 1970, by the database's clock. */
  readonly activeMs: number;
}

/** Published and not yet used, signing, only verifying. */
export type SigningKeyState = 'next' | 'current' | 'retired';

/**
 * Seconds between the birth of a key and its first signature: one life of a verifier's copy, taken at the last moment at which a
 * process may still have answered without the new key, and a reserve for clocks (OIDC Core 10.1.1).
 */
export function publicationLeadSeconds(keySetMaxAgeSeconds: number): number {
  return keySetMaxAgeSeconds + RING_REFRESH_SECONDS + 30;
}

export function stateOf(key: Pick<SigningKeyRow, 'active_ms' | 'superseded_ms'>, nowMs: number): SigningKeyState {
  if (key.active_ms === null || (key.superseded_ms !== null && key.superseded_ms <= nowMs)) return 'retired';
  return key.active_ms > nowMs ? 'next' : 'current';
}

/** Which keys to make, and when they start to sign. Nothing to make is the usual answer; the same rows give the same plan anywhere. */
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
  /** Some key can sign, if only one of another algorithm. */
  readonly canSign: boolean;
  readonly urgent: boolean;
  readonly rotate: boolean;
}

/** When a new key of one algorithm should start to sign; null: none is wanted. */
function startOfNew(rows: readonly SigningKeyRow[], situation: Situation): number | null {
  const { nowMs, policy, canSign, urgent, rotate } = situation;
  const current = rows.find((row) => stateOf(row, nowMs) === 'current');
  // Nobody can hold a copy of a key set that has never had a key; and without any key there is nothing to wait with.
  if (!current && (urgent || !canSign)) return nowMs;
  // One is on its way: whoever wanted to rotate adopts it (T053).
  if (rows.some((row) => stateOf(row, nowMs) === 'next')) return null;
  const earliest = nowMs + publicationLeadSeconds(policy.keySetMaxAgeSeconds) * 1000;
  // Another algorithm signs until this one is known to verifiers.
  if (!current || rotate) return earliest;
  if (policy.rotationSeconds === null) return null;
  const due = current.active_ms! + policy.rotationSeconds * 1000;
  return due <= earliest + RING_REFRESH_SECONDS * 1000 ? Math.max(due, earliest) : null;
}

/**
 * Current keys of algorithms that nobody wants any more, once every wanted algorithm has its own current key: until then they may
 * have to sign.
 */
export function keysToRetire({ nowMs, rows }: SigningKeyRows, { algorithms }: SigningKeyPolicy): string[] {
  const current = rows.filter((row) => stateOf(row, nowMs) === 'current');
  const served = new Set(current.map((row) => row.algorithm));
  if (![...algorithms].every((algorithm) => served.has(algorithm))) return [];
  return current.filter((row) => !algorithms.has(row.algorithm)).map((row) => row.kid);
}
