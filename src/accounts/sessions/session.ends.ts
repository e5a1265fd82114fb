import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { Extensions } from '../../common/extensions.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { ImpersonationStore } from './impersonation.store.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'session.ended': { sessionId: string; subjectId: string; reason: string };
  }
}

/** The only way sessions end: with their tokens and what other capabilities keep for them, in one transaction. */
@Injectable()
export class SessionEnds {
  constructor(
    private readonly database: Database,
    private readonly revoker: TokenRevoker,
    private readonly events: AuthEvents,
    private readonly extensions: Extensions,
    private readonly impersonations: ImpersonationStore,
  ) {}

  /** @param select deletes rows of this user and returns their ids */
  async those(subjectId: string, reason: string, select: (tx: Transaction) => Promise<string[]>): Promise<void> {
    await this.database.transaction(async (tx) => this.within(tx, subjectId, await select(tx), reason));
  }

  /** @param sessionIds of rows that this transaction has deleted */
  async within(tx: Transaction, subjectId: string, sessionIds: readonly string[], reason: string): Promise<void> {
    if (sessionIds.length === 0) return;
    await this.revoker.revoke(tx, { sessionIds }, reason);
    for (const extension of this.extensions.all) await extension.onSessionEnd?.(tx, { subjectId, sessionIds });
    tx.afterCommit(() => {
      for (const sessionId of sessionIds) this.events.emit('session.ended', { sessionId, subjectId, reason });
    });
    // What their user does as somebody else ends with them. Those have none below, so this ends.
    for (const one of await this.impersonations.endBelow(tx, sessionIds))
      await this.within(tx, one.subject, [one.id], reason);
  }
}
