/** What is moved, in the order in which it is: what hangs on something comes after it. */
export const KINDS = [
  'users',
  'second factors',
  'linked accounts',
  'sessions',
  'API keys',
  'OAuth clients',
  'consents',
  'refresh tokens',
] as const;
export type KindName = (typeof KINDS)[number];

/** A row that could not be moved, or of which a part could not. */
export interface SkippedRow {
  readonly kind: KindName | 'passwords';
  /** Its id in the database of better-auth. */
  readonly id: string;
  readonly reason: string;
}

/** What became of the rows of one kind; all are counts of rows. */
export interface KindReport {
  /** Read from the database of better-auth. */
  found: number;
  /** New here. */
  moved: number;
  /** Changed there since they were moved, and not here: changed here too. */
  updated: number;
  /** Moved before, and not changed there since. */
  unchanged: number;
  /** Changed in both places since they were moved: they stay as they are here. */
  kept: number;
  /** Ended there since they were moved, and not changed here: ended here too. */
  ended: number;
  skipped: number;
  /** Not moved on purpose, by reason. */
  left: Record<string, number>;
}

/** What an import did; of a dry run, what it would do. Contains no secret and no hash. */
export interface ImportReport {
  readonly dryRun: boolean;
  readonly kinds: Record<KindName, KindReport>;
  readonly skipped: readonly SkippedRow[];
  /** Tables of which nothing is moved: how many rows they have, and what becomes of them. */
  readonly notMoved: readonly { readonly table: string; readonly rows: number; readonly reason: string }[];
  /** What the operator should know, in sentences. */
  readonly notes: readonly string[];
}

/** Counts while the import runs. */
export class ImportTally {
  readonly kinds = Object.fromEntries(KINDS.map((kind) => [kind, emptyReport()])) as Record<KindName, KindReport>;
  readonly skipped: SkippedRow[] = [];
  readonly notMoved: { table: string; rows: number; reason: string }[] = [];
  readonly notes = new Set<string>();

  leave(kind: KindName, reason: string, rows = 1): void {
    const { left } = this.kinds[kind];
    left[reason] = (left[reason] ?? 0) + rows;
  }

  /** @param isPart the row itself is moved, e.g. a user without the password */
  skip(row: SkippedRow, isPart = false): void {
    this.skipped.push(row);
    if (!isPart && row.kind !== 'passwords') this.kinds[row.kind].skipped++;
  }

  toReport(dryRun: boolean): ImportReport {
    return { dryRun, kinds: this.kinds, skipped: this.skipped, notMoved: this.notMoved, notes: [...this.notes] };
  }
}

function emptyReport(): KindReport {
  return { found: 0, moved: 0, updated: 0, unchanged: 0, kept: 0, ended: 0, skipped: 0, left: {} };
}
