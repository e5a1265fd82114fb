/** A column of a table: its SQL, and the type of its values. */
export interface Column<T = unknown> {
  readonly column: string;
  /** PostgreSQL type. */
  readonly type: string;
  readonly nullable: boolean;
  /** The SQL expression that writes a value. @param parameter e.g. `$1` */
  readonly value: (parameter: string) => string;
  /** Never set: it tells the compiler what the column holds. */
  readonly holds?: T;
}

/** Columns by member name. */
export type Columns = Readonly<Record<string, Column>>;
/** The values of these columns, by member name. */
export type RowOf<C extends Columns> = { readonly [Member in keyof C]: Exclude<C[Member]['holds'], undefined> };

const column = (name: string, type: string, value = (parameter: string) => `${parameter}::${type}`) => ({
  column: name,
  type,
  nullable: false,
  value,
});

export const identifier = (name: string): Column<string> => column(name, 'uuid');
export const text = <T extends string = string>(name: string): Column<T> => column(name, 'text');
export const texts = (name: string): Column<readonly string[]> => column(name, 'text[]');
export const bytes = (name: string): Column<Buffer> => column(name, 'bytea');
export const boolean = (name: string): Column<boolean> => column(name, 'boolean');
export const integer = (name: string): Column<number> => column(name, 'integer');
/** Below 2^53. */
export const bigint = (name: string): Column<number> => column(name, 'bigint');
export const time = (name: string): Column<Date> => column(name, 'timestamptz');
/** For an object, never a list: the driver sends an object as JSON, but a list as a PostgreSQL array. */
export const json = <T extends object>(name: string): Column<T> => column(name, 'jsonb');

/** The JSON of a list, as a text: see `json`. */
export const jsonText = (name: string): Column<string> => column(name, 'jsonb');

/** A time, given as seconds from now by the database's clock. */
export const secondsFromNow = (name: string): Column<number> =>
  column(name, 'timestamptz', (parameter) => `now() + ${parameter}::int * interval '1 second'`);
/** A time, given as milliseconds since 1970. */
export const milliseconds = (name: string): Column<number> =>
  column(name, 'timestamptz', (parameter) => `to_timestamp(${parameter}::float8 / 1000)`);

/** A time; null: now, by the database's clock. */
export const orNow = (one: Column<Date>): Column<Date | null> => ({
  ...one,
  value: (parameter) => `COALESCE(${one.value(parameter)}, now())`,
});

export const orNull = <T>(one: Column<T>): Column<T | null> => ({ ...one, nullable: true });
