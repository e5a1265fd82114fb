/** A row of better-auth, its columns under better-auth's names; of a column that the table lacks, undefined. */
export type SourceRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** A value cannot be read: the reason, for the operator. */
export class UnreadableValue extends Error {}

export function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

export function asDate(value: unknown): Date | null {
  if (value === null || value === undefined) return null;
  const date = value instanceof Date ? value : new Date(value as string);
  return Number.isNaN(date.getTime()) ? null : date;
}

export function asFlag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

/** 64-bit integers come as texts. */
export function asNumber(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A list: an array of PostgreSQL, jsonb, or JSON in a text. Null: there is none. @throws UnreadableValue */
export function asTexts(column: string, value: unknown): string[] | null {
  const parsed = fromJson(column, value);
  if (parsed === null || parsed === undefined) return null;
  if (Array.isArray(parsed) && parsed.every((entry) => typeof entry === 'string')) return parsed;
  throw new UnreadableValue(`${column} is not a list of texts`);
}

/** An object: jsonb, or JSON in a text, also when it was written as JSON twice. @throws UnreadableValue */
export function asObject(column: string, value: unknown): Record<string, unknown> | null {
  const once = fromJson(column, value);
  const parsed = typeof once === 'string' ? fromJson(column, once) : once;
  if (parsed === null || parsed === undefined) return null;
  if (typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw new UnreadableValue(`${column} is not an object`);
}

/** What JSON in a text says; other values stay. @throws UnreadableValue */
export function fromJson(column: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return null;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw new UnreadableValue(`${column} is not JSON`);
  }
}
