import { tag } from '../cache/tags.js';
import type { Database } from '../database/database.js';
import type { InvalidationChannel } from '../database/invalidation.js';
import type { Transaction } from '../database/transaction.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { generateKey, type SigningKeyMaterial } from './signing-key.material.js';
import { sealContext } from './signing-key.ring.js';
import {
  keysToRetire,
  NO_DEMAND,
  planKeys,
  publicationLeadSeconds,
  stateOf,
  type SigningKeyDemand,
  type SigningKeyPolicy,
} from './signing-key.schedule.js';
import type { SigningAlgorithm } from './signing-algorithm.js';
import {
  RETIREMENT_MARGIN_SECONDS,
  type SigningKeyRow,
  type SigningKeyRows,
  type SigningKeyStore,
} from './signing-key.store.js';

/** Tag that tells every process that some signing key changed. */
export const SIGNING_KEYS_TAG = tag('key', 'signing');

declare module '../events/auth-events.js' {
  interface AuthEventMap {
    'signing-key.created': { kid: string; algorithm: string; activeFrom: Date | null };
    'signing-key.revoked': { kid: string };
  }
}

/** When an imported key starts to sign; `published`: once every verifier can know it. */
export type SigningKeyStart = 'now' | 'published' | 'never';

type Candidates = ReadonlyMap<SigningAlgorithm, SigningKeyMaterial>;

/** Makes all changes of signing keys. Plans and writes under one lock, so that two processes never both make the same key. */
export class SigningKeyWriter {
  constructor(
    private readonly database: Database,
    private readonly store: SigningKeyStore,
    private readonly box: SecretBox,
    private readonly channel: InvalidationChannel,
    private readonly events: AuthEvents,
  ) {}

  /** Whether these rows need a write: a key to make or retire, a lifetime to record, an encryption to renew. */
  hasWork(seen: SigningKeyRows, policy: SigningKeyPolicy, demand: SigningKeyDemand): boolean {
    return (
      planKeys(seen, policy, demand).length > 0 ||
      keysToRetire(seen, policy).length > 0 ||
      this.tooShort(seen, policy).length > 0 ||
      seen.rows.some((row) => this.rewrapped(row) !== null)
    );
  }

  /** Makes the changes that the rows need. @param seen rows read before; the decision is made again under the lock */
  async settle(seen: SigningKeyRows, policy: SigningKeyPolicy, demand = NO_DEMAND): Promise<SigningKeyRows> {
    // Made before taking the lock, since making an RSA key is slow. When two processes make one, the second discards its own.
    const planned = planKeys(seen, policy, demand);
    const made = planned.map(async ({ algorithm }) => [algorithm, await generateKey(algorithm)] as const);
    const candidates: Candidates = new Map(await Promise.all(made));
    return this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      return this.settleIn(tx, policy, demand, candidates);
    });
  }

  /** @throws Error when the kid was used before */
  async import(
    material: SigningKeyMaterial,
    policy: SigningKeyPolicy,
    start: SigningKeyStart,
  ): Promise<SigningKeyRows> {
    return this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      const { nowMs } = await this.store.load(tx);
      const leadMs = start === 'now' ? 0 : publicationLeadSeconds(policy.keySetMaxAgeSeconds) * 1000;
      await this.insert(tx, material, start === 'never' ? null : nowMs + leadMs, policy.longestTokenSeconds);
      return this.store.load(tx);
    });
  }

  /** Revokes a leaked key; a new key of its algorithm signs at once. */
  async revoke(kid: string, policy: SigningKeyPolicy): Promise<{ revoked: boolean; rows: SigningKeyRows }> {
    return this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      const revoked = await this.store.revoke(tx, kid);
      if (revoked) {
        tx.invalidate([SIGNING_KEYS_TAG, tag('key', kid)], this.channel.dropLocal);
        tx.afterCommit(() => this.events.emit('signing-key.revoked', { kid }));
      }
      const demand = { ...NO_DEMAND, urgent: policy.algorithms };
      return { revoked, rows: await this.settleIn(tx, policy, demand, new Map()) };
    });
  }

  private async settleIn(
    tx: Transaction,
    policy: SigningKeyPolicy,
    demand: SigningKeyDemand,
    candidates: Candidates,
  ): Promise<SigningKeyRows> {
    const seen = await this.store.load(tx);
    for (const { algorithm, activeMs } of planKeys(seen, policy, demand)) {
      const material = candidates.get(algorithm) ?? (await generateKey(algorithm));
      await this.insert(tx, material, activeMs, policy.longestTokenSeconds);
    }
    const unwanted = keysToRetire(seen, policy);
    if (unwanted.length > 0) {
      await this.store.retire(tx, unwanted);
      tx.invalidate([SIGNING_KEYS_TAG], this.channel.dropLocal);
    }
    const short = this.tooShort(seen, policy);
    if (short.length > 0) await this.store.lengthen(tx, short, policy.longestTokenSeconds);
    await this.rewrap(tx, seen);
    return this.store.load(tx);
  }

  private async insert(
    tx: Transaction,
    material: SigningKeyMaterial,
    activeMs: number | null,
    longestTokenSeconds: number,
  ): Promise<void> {
    const { kid, algorithm, publicJwk, privateJwk } = material;
    const inserted = await this.store.insert(tx, {
      kid,
      algorithm,
      publicJwk,
      privateKey: privateJwk && this.box.seal(JSON.stringify(privateJwk), sealContext(kid)),
      longestTokenSeconds,
      activeMs,
      retiresInSeconds: activeMs === null ? longestTokenSeconds + RETIREMENT_MARGIN_SECONDS : null,
    });
    if (!inserted)
      throw new Error(`signing key ${kid}: this kid was used before. A kid names one key for ever; give another one.`);
    tx.invalidate([SIGNING_KEYS_TAG], this.channel.dropLocal);
    const activeFrom = activeMs === null ? null : new Date(activeMs);
    tx.afterCommit(() => this.events.emit('signing-key.created', { kid, algorithm, activeFrom }));
  }

  /** Keys that may sign tokens with a longer lifetime than their rows record. */
  private tooShort({ nowMs, rows }: SigningKeyRows, policy: SigningKeyPolicy): string[] {
    return rows
      .filter((row) => stateOf(row, nowMs) !== 'retired' && row.longest_token_seconds < policy.longestTokenSeconds)
      .map((row) => row.kid);
  }

  /** Encrypts keys with the newest secret that an older one encrypted; the old secret may then be removed. */
  private async rewrap(tx: Transaction, { rows }: SigningKeyRows): Promise<void> {
    for (const row of rows) {
      const sealed = this.rewrapped(row);
      if (sealed !== null) await this.store.rewrap(tx, row.kid, row.private_key!, sealed);
    }
  }

  /** The private key encrypted with the newest secret; null when it already is, or cannot be opened. */
  private rewrapped({ kid, private_key: sealed }: SigningKeyRow): Buffer | null {
    if (sealed === null || this.box.isCurrent(sealed)) return null;
    const text = this.box.open(sealed, sealContext(kid));
    return text === null ? null : this.box.seal(text, sealContext(kid));
  }
}
