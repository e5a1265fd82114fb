import type { ClientBase } from 'pg';
import type { KindName } from './import-report.js';

/** Where the rows of better-auth are. */
export interface ImportSource {
  /** `postgres://…` */
  readonly url: string;
  /** Default: the first of the role's search path. */
  readonly schema?: string;
  /** Tables under other names than better-auth's own, by these: `{ user: 'users' }`. */
  readonly tables?: Readonly<Record<string, string>>;
  /** Time zone of columns of the type `timestamp`, which have none of their own. Default `UTC`. */
  readonly timeZone?: string;
}

/** Where they go: a database with our tables. */
export interface ImportTarget {
  /** A connection that nothing else uses meanwhile. */
  readonly client: ClientBase;
  /** Default: the first of the role's search path. */
  readonly schema?: string | undefined;
}

export const SECOND_FACTOR_CHOICES = ['all', 'movable', 'none'] as const;

export interface ImportSettings {
  /**
   * The secrets of this server, newest first: tokens of providers and second factors are encrypted with them, and those of better-auth opened,
   * whose secret is one of them. Without them these are not moved.
   */
  readonly secrets?: readonly string[];
  /** Issuers of providers that are not known by name, by provider id. */
  readonly issuers?: Readonly<Record<string, string>>;
  /**
   * Users with a second factor that cannot be moved: `all` skips them (the default), `movable` moves them without it. `none` moves no
   * second factor at all, for a server whose apps make codes of another length or period.
   */
  readonly secondFactors?: (typeof SECOND_FACTOR_CHOICES)[number];
  /** Reads, checks and counts everything, and writes nothing. Default false. */
  readonly dryRun?: boolean;
  /** Rows in one transaction. Default 1000. */
  readonly batchSize?: number;
}

export interface ImportProgress {
  readonly kind: KindName;
  readonly done: number;
  readonly total: number;
}

export interface BetterAuthImport {
  readonly source: ImportSource;
  readonly target: ImportTarget;
  readonly options?: ImportSettings;
  /** Called after each batch. */
  readonly progress?: (progress: ImportProgress) => void;
}

/** The databases cannot be imported from or into: a sentence for the operator. Nothing was written. */
export class ImportError extends Error {}
