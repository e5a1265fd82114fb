import type { Columns, RowOf } from './columns.js';

/** An INSERT with its columns and values by name, so that two values cannot be swapped unnoticed. */
export interface Insertion<C extends Columns> {
  /** `INSERT INTO … VALUES (…)`; the statement appends ON CONFLICT, RETURNING and the like. */
  readonly text: string;
  /** Names and parameters, for statements that only contain an insert. */
  readonly columns: string;
  readonly parameters: string;
  /** The next free parameter, e.g. `$9`. */
  readonly next: string;
  /** The parameter of a member, e.g. `$3`. */
  parameter(member: keyof C): string;
  /** The values in the order of the parameters. */
  values(row: RowOf<C>): unknown[];
}
/** The row that an insertion takes. */
export type Inserted<I> = I extends Insertion<infer C> ? RowOf<C> : never;

/** Call it when a module is loaded, not per statement. */
export function insertInto<C extends Columns>(table: string, given: C): Insertion<C> {
  const members = Object.keys(given);
  const columns = Object.values(given)
    .map(({ column }) => column)
    .join(', ');
  const parameters = Object.values(given)
    .map(({ value }, index) => value(`$${index + 1}`))
    .join(', ');
  return {
    text: `INSERT INTO ${table} (${columns}) VALUES (${parameters})`,
    columns,
    parameters,
    next: `$${members.length + 1}`,
    parameter: (member) => `$${members.indexOf(String(member)) + 1}`,
    values: (row) => members.map((member): unknown => Reflect.get(row, member)),
  };
}
