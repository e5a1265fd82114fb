import { Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import type { Transaction } from '../../common/database/transaction.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';

/** What happens when keys end or change, in the transaction that has changed their rows. */
@Injectable()
export class ApiKeyEnds {
  constructor(private readonly revoker: TokenRevoker) {}

  /**
   * Every process forgets the keys, and the tokens that they were exchanged for end (RFC 8693). Whoever exchanges one at this moment holds its row, so
   * that this sees the token.
   * @param keyIds the rows': callers may give the same UUID in capitals, which matches no cached key
   */
  async end(tx: Transaction, keyIds: readonly string[], reason: string): Promise<void> {
    await this.revoker.revoke(tx, { sourceIds: keyIds }, `API key ${reason}`);
    this.drop(tx, keyIds);
  }

  /** Every process reads them anew. */
  drop(tx: Transaction, keyIds: readonly string[]): void {
    this.revoker.invalidate(
      tx,
      keyIds.map((id) => tag('apikey', id)),
    );
  }
}
