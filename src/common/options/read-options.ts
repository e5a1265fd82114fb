import type { Option } from './option.js';
import { requireBlock, requireKind } from './option-kinds.js';

interface Declared<Given> extends Omit<Option<Given, unknown>, 'fallback'> {
  readonly fallback?: Partial<Given>;
  readonly members?: OptionsOf<Given>;
}

/** A table of all options of a block: `const OPTIONS = { … } satisfies OptionsOf<JwtOptions>`. One that is missing is a type error. */
export type OptionsOf<Given> = { readonly [Name in keyof Given]-?: Declared<NonNullable<Given[Name]>> };

/** Options within options. */
export interface BlockOption<Table, Absent = never> extends Option<GivenOf<Table>, SettingsOf<Table> | Absent> {
  readonly members: Table;
}

interface AnyOption extends Omit<Option<never, unknown>, 'fallback'> {
  readonly fallback?: unknown;
}
type AnyTable = Readonly<Record<string, AnyOption>>;
type GivenOf<Table> = {
  readonly [Name in keyof Table]?: Table[Name] extends Option<infer Given, infer _Setting> ? Given : never;
};

/** What is made of a table's options: frozen, nothing optional, null for what has no default; durations in seconds, which their names say. */
export type SettingsOf<Table> = {
  readonly [
    Name in keyof Table as Table[Name] extends { readonly unit: 'Seconds' } ? `${Name & string}Seconds` : Name
  ]: Table[Name] extends Option<infer _Given, infer Setting> ? Setting : never;
};

/**
 * Checks the options of a block by their table and fills in the defaults: first the names, then of what kind each value is, then each value.
 * @param path where they stand, e.g. `accounts.session`; empty for those at the top
 * @throws Error with option, fault and remedy; stops the boot
 */
export function readOptions<Table extends AnyTable>(
  path: string,
  options: object | undefined,
  table: Table,
): SettingsOf<Table> {
  requireBlock(path, options);
  if (path !== '') requireKnownKeys(path, options, Object.keys(table));
  const values = Object.entries(table).map(([name, option]) => {
    const value: unknown = options && (options as Readonly<Record<string, unknown>>)[name];
    const where = path === '' ? name : `${path}.${name}`;
    if (option.kinds.length > 0) requireKind(where, value, option.kinds);
    return { name: `${name}${option.unit ?? ''}`, where, option, value: value ?? option.fallback };
  });
  const settings = values.map(({ name, where, option, value }) => [
    name,
    value === undefined ? null : option.read(value as never, where),
  ]);
  // What the table says of its options is what has just been read by it.
  return Object.freeze(Object.fromEntries(settings)) as SettingsOf<Table>;
}

/** Options within options. A block that is left out has the defaults of its members. */
export function block<Table extends AnyTable>(table: Table): BlockOption<Table> {
  return { kinds: ['block'], fallback: {}, members: table, read: (value, option) => readOptions(option, value, table) };
}

/** Options within options, null when they are left out. */
export function optionalBlock<Table extends AnyTable>(table: Table): BlockOption<Table, null> {
  return { kinds: ['block'], members: table, read: (value, option) => readOptions(option, value, table) };
}

/**
 * Refuses options that do not exist: a misspelt one would otherwise be a default that nobody chose.
 * @throws Error naming the unknown option and the known ones; stops the boot
 */
export function requireKnownKeys(path: string, given: object | undefined, known: readonly string[]): void {
  const unknown = Object.keys(given ?? {}).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new Error(`${path}: there is no option "${unknown}". Known are: ${known.join(', ')}.`);
}
