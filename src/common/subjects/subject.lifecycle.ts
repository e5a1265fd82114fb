import { tag } from '../cache/tags.js';
import type { Database } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { TokenRevoker } from '../tokens/token.revoker.js';
import type { SubjectEnd, SubjectStore } from './subject.store.js';

/** What capabilities keep for subjects besides tokens: sessions, keys, consents, linked accounts. Of `Extension`, which stands above this. */
interface SubjectHolder {
  onSubjectEnd?(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void>;
}

/** Ends all that a subject holds, in one transaction, also against writes in flight (T036). */
export class SubjectLifecycle {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    private readonly extensions: { readonly all: readonly SubjectHolder[] },
    private readonly events: AuthEvents,
  ) {}

  async end(subjectId: string, end: SubjectEnd): Promise<void> {
    await this.database.transaction((tx) => this.endIn(tx, subjectId, end));
  }

  /** The same inside a transaction that changes more, e.g. deletes the user's row. */
  async endIn(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void> {
    // First: it waits for every transaction that is giving this subject something, so that the statements below see it.
    await this.subjects.end(tx, subjectId, end);
    await this.revoker.revoke(tx, { subject: subjectId }, end);
    this.revoker.invalidate(tx, [tag('subject', subjectId)]);
    for (const holder of this.extensions.all) await holder.onSubjectEnd?.(tx, subjectId, end);
    tx.afterCommit(() => this.events.emit('subject.ended', { subjectId, end }));
  }

  /** Lets a disabled subject sign in again. What ended stays ended. @returns false when there is no such subject */
  async enable(subjectId: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const enabled = await this.subjects.enable(tx, subjectId);
      if (enabled) tx.afterCommit(() => this.events.emit('subject.enabled', { subjectId }));
      return enabled;
    });
  }
}
