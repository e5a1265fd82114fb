import type { InsertedRow, Insertion, NewToken, StoredToken } from './token.rows.js';

export function outcomeOf(rows: readonly InsertedRow[]): Omit<Insertion, 'familyId'> {
  const tokens = rows.filter((row): row is InsertedRow & StoredToken => row.id !== null);
  if (tokens.length > 0) return { tokens, missing: null };
  const [row] = rows;
  if (!row!.holder_lives) return { tokens, missing: 'holder' };
  return { tokens, missing: row!.client_lives ? 'spend' : 'client' };
}

export function toJson(value: object | null): string | null {
  return value && JSON.stringify(value);
}

/** Null rather than an empty list: most tokens have none. */
export function listOf(details: readonly object[] = []): string | null {
  return details.length > 0 ? toJson(details) : null;
}

export function tokenColumns(tokens: readonly NewToken[]): unknown[] {
  return [
    tokens.map((token) => token.id),
    tokens.map((token) => token.kind),
    tokens.map((token) => token.hash),
    tokens.map((token) => token.lifetimeSeconds),
  ];
}
