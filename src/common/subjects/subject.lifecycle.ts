import { tag } from '../cache/tags.js';
import type { Database } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { TokenRevoker } from '../tokens/token.revoker.js';
import type { DisableTerms, SubjectEnd, SubjectStore } from './subject.store.js';

/** What capabilities keep for subjects besides tokens. A part of `Extension`, which this file must not import. */
interface SubjectHolder {
  onSubjectEnd?(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void>;
}

/** Ends everything that a subject holds, in one transaction, including what writes in flight give it (T036). */
export class SubjectLifecycle {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    private readonly extensions: { readonly all: readonly SubjectHolder[] },
    private readonly events: AuthEvents,
  ) {}

  async end(subjectId: string, end: SubjectEnd, terms?: DisableTerms): Promise<void> {
    await this.database.transaction((tx) => this.endIn(tx, subjectId, end, terms));
  }

  /** The same inside a transaction that does more, e.g. deletes the user's row. */
  async endIn(tx: Transaction, subjectId: string, end: SubjectEnd, terms?: DisableTerms): Promise<void> {
    // First, because it waits for every transaction that gives this subject something, so that the statements below see that.
    await this.subjects.end(tx, subjectId, end, terms);
    await this.revoker.revoke(tx, { subject: subjectId }, end);
    this.revoker.invalidate(tx, [tag('subject', subjectId)]);
    for (const holder of this.extensions.all) await holder.onSubjectEnd?.(tx, subjectId, end);
    tx.afterCommit(() => this.events.emit('subject.ended', { subjectId, end }));
  }

  /** Lets a disabled subject sign in again. Ended credentials stay ended. @returns false when there is no such subject */
  async enable(subjectId: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const enabled = await this.subjects.enable(tx, subjectId);
      if (enabled) tx.afterCommit(() => this.events.emit('subject.enabled', { subjectId }));
      return enabled;
    });
  }
}
