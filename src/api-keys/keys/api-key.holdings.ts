import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { SubjectEnd } from '../../common/subjects/subject.store.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import { ApiKeyUsageStore } from './api-key-usage.store.js';
import { ApiKeyEnds } from './api-key.ends.js';
import { ApiKeyStore } from './api-key.store.js';
import { ownersOf } from './api-key.owner.js';

/** Keys end with their owner, in the same transaction (T025). The keys of a forgotten owner are deleted. */
@Injectable()
export class ApiKeyHoldings {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly usage: ApiKeyUsageStore,
    private readonly ends: ApiKeyEnds,
    private readonly events: AuthEvents,
  ) {}

  /** Of a user who lives on. */
  async revoke(tx: Transaction, subjectId: string): Promise<void> {
    await this.endOwner(tx, { kind: 'user', id: subjectId }, 'recovered');
  }

  async end(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void> {
    for (const owner of ownersOf(subjectId)) await this.endOwner(tx, owner, end);
  }

  private async endOwner(tx: Transaction, owner: ApiKeyOwner, end: SubjectEnd | 'recovered'): Promise<void> {
    const reason = `owner ${end}`;
    const keyIds =
      end === 'forgotten' ? await this.store.forgetAll(tx, owner) : await this.store.revokeAll(tx, owner, reason);
    if (keyIds.length === 0) return;
    if (end === 'forgotten') await this.usage.forget(tx, keyIds);
    await this.ends.end(tx, keyIds, reason);
    const facts = { ownerKind: owner.kind, ownerId: owner.id, keyIds, reason };
    tx.afterCommit(() => this.events.emit('api-key.owner-ended', facts));
  }
}
