/** A column, as statements write it and code names it. */
export interface Column<T = unknown> {
  readonly column: string;
  /** Of PostgreSQL. */
  readonly type: string;
  readonly nullable: boolean;
  /** The SQL of its value. @param parameter e.g. `$1` */
  readonly value: (parameter: string) => string;
  /** Never there: it tells the compiler what the column holds. */
  readonly holds?: T;
}

/** Columns by the names of their members. */
export type Columns = Readonly<Record<string, Column>>;
/** What these columns hold, by name. */
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
/** Of an object, never of a list: the driver makes JSON of the one and an array of PostgreSQL of the other. */
export const json = <T extends object>(name: string): Column<T> => column(name, 'jsonb');

/** A time that is given as seconds from now, by the database's clock. */
export const secondsFromNow = (name: string): Column<number> =>
  column(name, 'timestamptz', (parameter) => `now() + ${parameter}::int * interval '1 second'`);
/** A time that is given as milliseconds since 1970. */
export const milliseconds = (name: string): Column<number> =>
  column(name, 'timestamptz', (parameter) => `to_timestamp(${parameter}::float8 / 1000)`);

export const orNull = <T>(one: Column<T>): Column<T | null> => ({ ...one, nullable: true });
