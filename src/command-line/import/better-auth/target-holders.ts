import type { TargetSql } from './target-database.js';

/** What is known here of those who hold credentials. */
export type HolderState =
  | 'living'
  /** They have changed their password here, or were disabled and enabled again. */
  | 'renewed'
  /** Disabled or forgotten. */
  | 'ended'
  /** Not moved. */
  | 'unknown';

const STATES = `SELECT subject, CASE WHEN disabled_at IS NOT NULL OR forgotten_at IS NOT NULL THEN 'ended'
                  WHEN epoch > 0 THEN 'renewed' ELSE 'living' END AS state
                FROM auth_subject WHERE subject = ANY($1) ORDER BY subject FOR SHARE`;

/** Why a subject may hold nothing, and until when. */
export interface Disabling {
  readonly reason: string | null;
  /** Null: until somebody enables it. */
  readonly until: Date | null;
}

/** Users and clients as subjects: whoever is given something is held until the commit, as everywhere (docs/architecture.md, "Lock order"). */
export class TargetHolders {
  /** In a dry run: those who would be there. */
  private readonly imagined = new Map<string, HolderState>();

  constructor(
    private readonly sql: TargetSql,
    private readonly dryRun: boolean,
  ) {}

  /** Makes the subjects that are missing. @param disabled those that may hold nothing; one that is here already stays as it is */
  async ensure(subjects: readonly string[], disabled: ReadonlyMap<string, Disabling>): Promise<void> {
    const sorted = [...new Set(subjects)].toSorted();
    await this.sql.query(
      `INSERT INTO auth_subject (subject, disabled_at, disabled_reason, disabled_until)
       SELECT s, CASE WHEN d THEN now() END, r, u FROM unnest($1::text[], $2::boolean[], $3::text[], $4::timestamptz[]) AS n(s, d, r, u)
       ON CONFLICT (subject) DO NOTHING`,
      [
        sorted,
        sorted.map((one) => disabled.has(one)),
        sorted.map((one) => disabled.get(one)?.reason ?? null),
        sorted.map((one) => disabled.get(one)?.until ?? null),
      ],
    );
    if (!this.dryRun) return;
    const states = await this.states(sorted);
    for (const [subject, state] of states) this.imagined.set(subject, state);
  }

  async states(subjects: readonly string[]): Promise<Map<string, HolderState>> {
    const unique = [...new Set(subjects)];
    const rows = await this.sql.query<{ subject: string; state: HolderState }>(STATES, [unique]);
    const found = new Map(rows.map(({ subject, state }) => [subject, state]));
    return new Map(unique.map((one) => [one, found.get(one) ?? this.imagined.get(one) ?? 'unknown']));
  }

  /** Why this holder gets nothing; null: they do. @param isProof the row proves who they are, as a session does */
  static refusal(state: HolderState | undefined, whose: 'user' | 'client', isProof = false): string | null {
    if (state === 'ended') return `its ${whose} is disabled, or was deleted here`;
    if (state === undefined || state === 'unknown') return `its ${whose} was not moved`;
    return isProof && state === 'renewed' ? `its ${whose} has changed their password here since` : null;
  }
}
