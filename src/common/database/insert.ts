import type { Columns, RowOf } from './columns.js';

/** What is written into a table, each column said once and by name, so that no two can be swapped unseen. */
export interface Insertion<C extends Columns> {
  /** `INSERT INTO … VALUES (…)`; what follows (ON CONFLICT, RETURNING) is the statement's own. */
  readonly text: string;
  /** Names and parameters, for statements that are more than an insert. */
  readonly columns: string;
  readonly parameters: string;
  /** The first parameter of the statement's own. */
  readonly next: string;
  /** Of one member, e.g. `$3`. */
  parameter(member: keyof C): string;
  /** In the order of the parameters. */
  values(row: RowOf<C>): unknown[];
}
/** What an insertion takes, by name. */
export type Inserted<I> = I extends Insertion<infer C> ? RowOf<C> : never;

/** Made where the module is loaded, never per call. */
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
