import type { Option } from './option.js';
import { requireBlock, requireKind } from './option-kinds.js';

interface Declared<Given> extends Omit<Option<Given, unknown>, 'fallback'> {
  readonly fallback?: Partial<Given>;
  readonly members?: OptionsOf<Given>;
}

/** A table of all options of a block: `const OPTIONS = { … } satisfies OptionsOf<JwtOptions>`. A missing option is a type error. */
export type OptionsOf<Given> = { readonly [Name in keyof Given]-?: Declared<NonNullable<Given[Name]>> };

/** An option that is itself a block of options. */
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

/** The settings read by a table: frozen, none optional, null without a value or default; names of durations end in `Seconds`. */
export type SettingsOf<Table> = {
  readonly [
    Name in keyof Table as Table[Name] extends { readonly unit: 'Seconds' } ? `${Name & string}Seconds` : Name
  ]: Table[Name] extends Option<infer _Given, infer Setting> ? Setting : never;
};

/**
 * Checks the options of a block by their table and fills in the defaults: first the names, then the kind of each value, then each value.
 * @param path of the block, e.g. `accounts.session`; empty at the top
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
  // The cast is safe: every member was just read by the table that declares its type.
  return Object.freeze(Object.fromEntries(settings)) as SettingsOf<Table>;
}

/** A block within a block. When it is left out, its members have their defaults. */
export function block<Table extends AnyTable>(table: Table): BlockOption<Table> {
  return { kinds: ['block'], fallback: {}, members: table, read: (value, option) => readOptions(option, value, table) };
}

/** A block within a block; null when it is left out. */
export function optionalBlock<Table extends AnyTable>(table: Table): BlockOption<Table, null> {
  return { kinds: ['block'], members: table, read: (value, option) => readOptions(option, value, table) };
}

/**
 * Refuses options that do not exist: a misspelt option would silently leave its default in force.
 * @throws Error naming the unknown option and the known ones; stops the boot
 */
export function requireKnownKeys(path: string, given: object | undefined, known: readonly string[]): void {
  const unknown = Object.keys(given ?? {}).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new Error(`${path}: there is no option "${unknown}". Known options: ${known.join(', ')}.`);
}
