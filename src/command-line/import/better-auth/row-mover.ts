import { sha256 } from '../../../common/crypto.js';
import type { ImportLedger, LedgerEntry } from './import-ledger.js';
import type { ImportTally, KindReport } from './import-report.js';
import type { ImportContext, Kind, Mapped } from './kind.js';
import { UnreadableValue, type SourceRow } from './source-values.js';
import { refusalOf } from './target-database.js';
import { insertRows, updateRows, type TargetRow } from './target-rows.js';

/** What one transaction did, counted only once it is kept. */
interface BatchResult {
  readonly counts: Partial<Pick<KindReport, 'moved' | 'updated' | 'unchanged' | 'kept'>>;
  readonly left: readonly string[];
  readonly skipped: readonly {
    readonly id: string;
    readonly reason: string;
    readonly part?: 'passwords' | Kind['name'];
  }[];
}

interface Pending {
  readonly source: SourceRow;
  readonly fingerprint: string;
  readonly before: LedgerEntry | undefined;
}
type Writable = Pending & { readonly mapped: Extract<Mapped, { readonly row: TargetRow }>; readonly key: string };

/** Moves the rows of one kind, a page in one transaction; a page that the database refuses, row by row. */
export class RowMover {
  constructor(
    private readonly context: ImportContext,
    private readonly ledger: ImportLedger,
    private readonly tally: ImportTally,
    private readonly kind: Kind,
  ) {}

  async move(rows: readonly SourceRow[]): Promise<void> {
    try {
      this.count(await this.inTransaction(rows));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      const [only, ...others] = rows;
      if (only && others.length === 0) this.tally.skip({ kind: this.kind.name, id: only.id, reason: refusal });
      else for (const row of rows) await this.move([row]);
    }
  }

  private inTransaction(rows: readonly SourceRow[]): Promise<BatchResult> {
    return this.context.target.transaction(this.context.settings.dryRun !== true, async () => {
      await this.ledger.prepare();
      return this.write(rows);
    });
  }

  private async write(rows: readonly SourceRow[]): Promise<BatchResult> {
    const known = await this.ledger.entries(
      this.kind.name,
      rows.map(({ id }) => id),
    );
    const prints = await this.fingerprints(rows);
    const all = rows.map((source, index) => ({ source, fingerprint: prints[index]!, before: known.get(source.id) }));
    const pending = all.filter(({ fingerprint, before }) => before?.fingerprint !== fingerprint);
    const mapped = await this.kind.map(
      pending.map(({ source }) => source),
      this.context,
    );
    const writable: Writable[] = [];
    const left: string[] = [];
    const skipped: BatchResult['skipped'][number][] = [];
    for (const [index, one] of pending.entries()) {
      const result = mapped[index]!;
      if ('left' in result) left.push(result.left);
      else if (!('row' in result)) skipped.push({ id: one.source.id, reason: result.fault });
      else {
        writable.push({ ...one, mapped: result, key: String(result.row[this.kind.table.key]) });
        for (const { kind, reason } of result.faults ?? []) skipped.push({ id: one.source.id, reason, part: kind });
      }
    }
    const inserted = await this.insert(writable.filter(({ before }) => !before));
    const updated = await this.update(writable.filter(({ before }) => before));
    for (const id of inserted.taken) skipped.push({ id, reason: this.kind.taken });
    const counts = {
      moved: inserted.count,
      updated: updated.count,
      kept: updated.kept,
      unchanged: all.length - pending.length,
    };
    return { counts, left, skipped };
  }

  private async insert(rows: readonly Writable[]): Promise<{ count: number; taken: readonly string[] }> {
    const { target } = this.context;
    const { table, companions } = this.kind;
    const fresh = rows.flatMap(({ mapped }) => mapped.companions ?? []);
    if (companions) await insertRows(target, companions, fresh);
    const marks = await insertRows(
      target,
      table,
      rows.map(({ mapped }) => mapped.row),
    );
    await this.remember(rows, marks);
    const taken = rows.filter(({ key }) => !marks.has(key)).map(({ source }) => source.id);
    return { count: marks.size, taken };
  }

  private async update(rows: readonly Writable[]): Promise<{ count: number; kept: number }> {
    const marks = await updateRows(
      this.context.target,
      this.kind.table,
      rows.map(({ mapped }) => mapped.row),
      rows.map(({ before }) => before!.mark),
    );
    await this.renewCompanions(rows.filter(({ key }) => marks.has(key)));
    await this.remember(rows, marks);
    return { count: marks.size, kept: rows.length - marks.size };
  }

  private async renewCompanions(rows: readonly Writable[]): Promise<void> {
    const { companions, outdated } = this.kind;
    if (!companions || !outdated || rows.length === 0) return;
    const { target } = this.context;
    await outdated(
      target,
      rows.map(({ key }) => key),
    );
    const fresh = rows.flatMap(({ mapped }) => mapped.companions ?? []);
    await insertRows(target, companions, fresh);
  }

  private async remember(rows: readonly Writable[], marks: ReadonlyMap<string, string>): Promise<void> {
    const entries = rows.flatMap(({ source, fingerprint, key }) => {
      const mark = marks.get(key);
      return mark === undefined ? [] : [{ source_id: source.id, fingerprint, key, mark }];
    });
    await this.ledger.write(this.kind.name, entries);
  }

  /** Of users, the password is part of what is moved, although it lies in another table. */
  private async fingerprints(rows: readonly SourceRow[]): Promise<string[]> {
    if (this.kind.name !== 'users') return rows.map((row) => sha256(JSON.stringify(row)));
    const passwords = await this.context.source.passwords(rows.map(({ id }) => id));
    return rows.map((row) => sha256(JSON.stringify([row, passwords.get(row.id) ?? null])));
  }

  private count({ counts, left, skipped }: BatchResult): void {
    const report = this.tally.kinds[this.kind.name];
    for (const [name, rows] of Object.entries(counts)) report[name as keyof typeof counts] += rows;
    for (const reason of left) this.tally.leave(this.kind.name, reason);
    for (const { id, reason, part } of skipped)
      this.tally.skip({ kind: part ?? this.kind.name, id, reason }, part !== undefined);
  }
}

/** What `map` of one row gives, with the faults of its values told. */
export function mappedOrFault(map: () => Mapped): Mapped {
  try {
    return map();
  } catch (error) {
    if (error instanceof UnreadableValue) return { fault: error.message };
    throw error;
  }
}
