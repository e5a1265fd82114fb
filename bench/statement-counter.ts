import { Client } from 'pg';

/** Statements sent to PostgreSQL since the start, BEGIN and COMMIT included, by their names. */
export type StatementCounts = Readonly<Record<string, number>>;

/** Counts on every connection of this process: those that the pool lends for one statement, and those that a transaction holds. */
export function countStatements(): () => StatementCounts {
  const counts: Record<string, number> = {};
  const prototype = Client.prototype as unknown as { query: (...parameters: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...parameters: unknown[]) {
    const name = nameOf(parameters[0]);
    counts[name] = (counts[name] ?? 0) + 1;
    return query.apply(this, parameters);
  };
  return () => ({ ...counts });
}

function nameOf(statement: unknown): string {
  if (typeof statement === 'string') return statement.split(/\s/, 1)[0]!.toUpperCase();
  const { name, text } = statement as { name?: string; text?: string };
  return name ?? text ?? 'unnamed';
}
