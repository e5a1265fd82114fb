import type { KindName } from './import-report.js';
import type { ImportSettings } from './import-options.js';
import type { SourceDatabase } from './source-database.js';
import type { ModelName } from './source-models.js';
import type { SourceRow } from './source-values.js';
import type { TargetDatabase } from './target-database.js';
import type { TargetHolders } from './target-holders.js';
import type { TargetRow, TargetTable } from './target-rows.js';

/** A part of a row that is not moved with it. */
export interface PartFault {
  readonly kind: KindName | 'passwords';
  readonly reason: string;
}

/** What a row of better-auth becomes here. */
export type Mapped =
  | {
      readonly row: TargetRow;
      /** Rows of other tables that come with it; see `Kind.companions`. */
      readonly companions?: readonly TargetRow[];
      /** Of what is not moved with it. */
      readonly faults?: readonly PartFault[];
    }
  /** Not moved on purpose. */
  | { readonly left: string }
  /** It cannot be moved. */
  | { readonly fault: string };

/** What kinds may ask while they map a page. */
export interface ImportContext {
  readonly source: SourceDatabase;
  readonly target: TargetDatabase;
  readonly holders: TargetHolders;
  readonly settings: ImportSettings;
  /** Who would have which address by now, in a dry run, which takes back each page before the next. */
  readonly emails: Map<string, string>;
  readonly note: (sentence: string) => void;
}

/** How rows of one kind are moved: what they become, and where they go. */
export interface Kind {
  readonly name: KindName;
  readonly model: ModelName;
  readonly table: TargetTable;
  /** Written before the row itself. */
  readonly companions?: TargetTable;
  /** Ends the companions of rows that have changed, by the keys of these, before those of now are written. Without it they stay. */
  readonly outdated?: (target: TargetDatabase, keys: readonly string[]) => Promise<unknown>;
  /** Why a new row is not taken, when its key or a unique value is. */
  readonly taken: string;
  /** Runs inside the transaction; the results in the order of the rows. */
  readonly map: (rows: readonly SourceRow[], context: ImportContext) => Promise<Mapped[]>;
  /** How a row that ended there ends here. Without it the operator is told. */
  readonly ended?: {
    /** Columns whose value means that the row has ended. */
    readonly unless?: readonly string[];
    /** What else ends with these rows, by their keys. */
    readonly also?: (target: TargetDatabase, keys: readonly string[]) => Promise<unknown>;
  };
  /** What to do here about a row that ended there. */
  readonly remedy: string;
}
