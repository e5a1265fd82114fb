import type { ImportLedger, LedgerEntry } from './import-ledger.js';
import type { ImportTally } from './import-report.js';
import type { ImportContext, Kind } from './kind.js';
import { deleteRows, presentKeys } from './target-rows.js';

/**
 * Ends here what was moved and has ended there since, such as a session that was signed out. A row that has been changed here since stays, and
 * the operator is told.
 */
export class EndedRows {
  constructor(
    private readonly context: ImportContext,
    private readonly ledger: ImportLedger,
    private readonly tally: ImportTally,
  ) {}

  /** @param size entries in one transaction */
  async end(kind: Kind, size: number): Promise<void> {
    const keeps = this.context.settings.dryRun !== true;
    let after: string | null = null;
    for (;;) {
      const last: string | null = after;
      const entries: readonly LedgerEntry[] = await this.context.target.transaction(keeps, async () => {
        await this.ledger.prepare();
        return this.endPage(kind, await this.ledger.page(kind.name, last, size));
      });
      if (entries.length < size) return;
      after = entries.at(-1)!.source_id;
    }
  }

  private async endPage(kind: Kind, entries: readonly LedgerEntry[]): Promise<readonly LedgerEntry[]> {
    const { source, target } = this.context;
    const ids = entries.map((entry) => entry.source_id);
    const there = await source.existing(kind.model, ids, kind.ended?.unless);
    const gone = entries.filter((entry) => !there.has(entry.source_id));
    if (gone.length === 0) return entries;
    const deleted = kind.ended ? await deleteRows(target, kind.table, gone) : new Set<string>();
    if (deleted.size > 0) await kind.ended?.also?.(target, [...deleted]);
    const here = await presentKeys(
      target,
      kind.table,
      gone.map(({ key }) => key),
    );
    const remaining = gone.filter(({ key }) => here.has(key));
    await this.ledger.forget(
      kind.name,
      gone.filter(({ key }) => !here.has(key)).map((entry) => entry.source_id),
    );
    this.tally.kinds[kind.name].ended += deleted.size;
    for (const { source_id: id } of remaining) this.tally.skip({ kind: kind.name, id, reason: this.reasonOf(kind) });
    return entries;
  }

  private reasonOf(kind: Kind): string {
    const why = kind.ended ? 'it has ended there since, and was used or changed here' : 'it was deleted there since';
    return `${why}: ${kind.remedy}`;
  }
}
