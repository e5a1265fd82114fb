import { LRUCache } from 'lru-cache';
import type { SpentJwtStore } from '../tokens/spent-jwt.store.js';
import type { DpopProof } from './dpop-proof.js';
import type { ProofReplays } from './dpop-proofs.js';

const MAX_REMEMBERED = 200_000;

/**
 * Proofs that were used, known to every node. A `jti` counts for its key and address only: were it for all, one client could use up those of
 * another.
 */
export class SharedReplays implements ProofReplays {
  constructor(private readonly store: SpentJwtStore) {}

  spend({ thumbprint, jti }: DpopProof, address: string, remainingSeconds: number): Promise<boolean> {
    return this.store.spend({ kind: 'dpop', maker: [thumbprint, address], jti }, remainingSeconds);
  }
}

/** Proofs that this node has seen. */
export class LocalReplays implements ProofReplays {
  private readonly used = new LRUCache<string, true>({ max: MAX_REMEMBERED });

  spend({ thumbprint, jti }: DpopProof, address: string, remainingSeconds: number): boolean {
    const name = JSON.stringify([thumbprint, address, jti]);
    if (this.used.has(name)) return false;
    this.used.set(name, true, { ttl: Math.ceil(remainingSeconds) * 1000 });
    return true;
  }
}
