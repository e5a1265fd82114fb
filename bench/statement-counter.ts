import { Client } from 'pg';

/** Statements sent to PostgreSQL since the start. */
export interface StatementCounts {
  /** Without BEGIN, COMMIT and ROLLBACK. */
  readonly statements: number;
  readonly transactions: number;
  /** Statements by their names. */
  readonly byName: Readonly<Record<string, number>>;
}

/** Counts on every connection of this process: those that the pool lends for one statement, and those that a transaction holds. */
export function countStatements(): () => StatementCounts {
  const byName: Record<string, number> = {};
  let statements = 0;
  let transactions = 0;
  const prototype = Client.prototype as unknown as { query: (...parameters: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...parameters: unknown[]) {
    const name = nameOf(parameters[0]);
    if (name === 'BEGIN') transactions++;
    else if (name !== 'COMMIT' && name !== 'ROLLBACK') {
      statements++;
      byName[name] = (byName[name] ?? 0) + 1;
    }
    return query.apply(this, parameters);
  };
  return () => ({ statements, transactions, byName: { ...byName } });
}

function nameOf(statement: unknown): string {
  if (typeof statement === 'string') return statement.split(/\s/, 1)[0]!.toUpperCase();
  const { name, text } = statement as { name?: string; text?: string };
  return name ?? text ?? 'unnamed';
}
