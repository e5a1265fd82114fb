/**
 * A query that another statement contains, and on which the rest of that statement depends: what must hold, or what is spent. So the store
 * that knows a table writes the SQL about it, and the whole still needs one statement.
 */
export interface StatementPart {
  /** Unique; the name of the whole contains it. */
  readonly name: string;
  /**
   * The query; it returns a row when the rest may happen. A constant: the whole is prepared once under its name.
   * Its parameters begin at `$1`.
   * @param when a condition for its WHERE clause, without parameters
   */
  readonly text: (when: string) => string;
  readonly values: readonly unknown[];
}

/** Holds always, and locks nothing. */
export const ALWAYS: StatementPart = { name: '', text: (when) => `SELECT WHERE ${when}`, values: [] };

/** The query of a part in a statement that has this many parameters before it. */
export function queryOf(part: StatementPart, when: string, parametersBefore: number): string {
  return part.text(when).replace(/\$(\d+)/g, (_, index: string) => `$${Number(index) + parametersBefore}`);
}
