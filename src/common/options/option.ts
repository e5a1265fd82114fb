import { isScopeToken } from '../principal/scopes.js';
import { resolveSeconds, type Duration } from './duration.js';
import { requireKind, type OptionKind } from './option-kinds.js';

/**
 * What values one option takes, and what setting becomes of them. The functions below make options; a table holds all options of a
 * block (`OptionsOf`), and `readOptions` reads values by it.
 */
export interface Option<Given, Setting> {
  /** Kinds of value it accepts; checked for all options of a block before any value is read. Empty: its own module checks it. */
  readonly kinds: readonly OptionKind[];
  /** Used when the option is left out. Without a fallback the setting is null. */
  readonly fallback?: Given;
  /** Suffix of its name among the settings. */
  readonly unit?: 'Seconds';
  /** @throws Error with option, fault and remedy */
  readonly read: (value: Given, option: string) => Setting;
}

export type Seconds<Setting> = Option<Duration, Setting> & { readonly unit: 'Seconds' };

interface Limits {
  readonly min: number;
  readonly max: number;
}

/** A value of one of these kinds, passed on unchanged; any further check is done by its own module. */
export function given<Given>(kinds: OptionKind | readonly OptionKind[]): Option<Given, Given | null>;
export function given<Given>(kinds: OptionKind | readonly OptionKind[], fallback: Given): Option<Given, Given>;
export function given<Given>(kinds: OptionKind | readonly OptionKind[], fallback?: Given): Option<Given, Given | null> {
  return { kinds: [kinds].flat(), fallback, read: (value) => value };
}

/** True or false. */
export function flag(): Option<boolean, boolean | null>;
export function flag(fallback: boolean): Option<boolean, boolean>;
export function flag(fallback?: boolean): Option<boolean, boolean | null> {
  return { kinds: ['flag'], fallback, read: (value) => value };
}

/** A duration between `min` and `max`, in seconds; its setting has the unit in its name. */
export function duration(limits: Limits): Seconds<number | null>;
export function duration(limits: Limits & { readonly fallback: Duration }): Seconds<number>;
export function duration({ fallback, ...limits }: Limits & { readonly fallback?: Duration }): Seconds<number | null> {
  return {
    kinds: ['duration'],
    fallback,
    unit: 'Seconds',
    read: (value, option) => resolveSeconds(option, value, limits),
  };
}

/** A whole number from `min` to `max`. */
export function count(limits: Limits): Option<number, number | null>;
export function count(limits: Limits & { readonly fallback: number }): Option<number, number>;
export function count({ fallback, ...limits }: Limits & { readonly fallback?: number }): Option<number, number | null> {
  return { kinds: ['number'], fallback, read: (value, option) => requireCount(option, value, limits) };
}

/** One of these texts. */
export function choice<const Text extends string>(offered: readonly Text[]): Option<Text, Text | null>;
export function choice<const Text extends string>(offered: readonly Text[], fallback: Text): Option<Text, Text>;
export function choice<const Text extends string>(
  offered: readonly Text[],
  fallback?: Text,
): Option<Text, Text | null> {
  return { kinds: ['text'], fallback, read: (value, option) => requireChoice(option, value, offered) };
}

interface TextRules {
  readonly fits: (text: string) => boolean;
  /** Fault and remedy, appended to the name and the text: `is not a path. Give one such as '/keys'.` */
  readonly otherwise: string;
}

/** A text that passes `fits`. */
export function text(rules: TextRules): Option<string, string | null>;
export function text(rules: TextRules & { readonly fallback: string }): Option<string, string>;
export function text({
  fits,
  otherwise,
  fallback,
}: TextRules & { readonly fallback?: string }): Option<string, string | null> {
  const read = (value: string, option: string) => {
    if (fits(value)) return value;
    throw new Error(`${option}: ${JSON.stringify(value)} ${otherwise}`);
  };
  return { kinds: ['text'], fallback, read };
}

/** A list of texts, in the given order. */
export function texts(): Option<readonly string[], readonly string[]> {
  return { kinds: ['texts'], fallback: [], read: (value) => Object.freeze([...value]) };
}

/** Scopes (RFC 6749 3.3), without duplicates. */
export function scopes(): Option<readonly string[], readonly string[] | null>;
export function scopes(fallback: readonly string[]): Option<readonly string[], readonly string[]>;
export function scopes(fallback?: readonly string[]): Option<readonly string[], readonly string[] | null> {
  return { kinds: ['texts'], fallback, read: (value, option) => requireScopes(option, value) };
}

/** A function. */
export function hook<Hook>(): Option<Hook, Hook | null> {
  return given('function');
}

/** An object whose members of these names are functions. It is not copied: its functions may use `this` and other members. */
export function hooks<Hooks extends object>(
  names: Readonly<Record<keyof Hooks & string, 'function'>>,
): Option<Partial<Hooks>, Partial<Hooks>> {
  const read = (value: Partial<Hooks>, option: string) => {
    for (const name of Object.keys(names)) requireKind(`${option}.${name}`, Reflect.get(value, name), ['function']);
    return value;
  };
  return { kinds: ['block'], fallback: {}, read };
}

/** @throws Error with option, fault and remedy */
export function requireCount(option: string, value: number | null, { min, max }: Limits): number {
  if (value !== null && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`${option}: ${value} is out of range. Give a whole number from ${min} to ${max}.`);
}

/** @throws Error with option, fault and remedy */
export function requireChoice<Text extends string>(option: string, value: unknown, offered: readonly Text[]): Text {
  const chosen = offered.find((one) => one === value);
  if (chosen !== undefined) return chosen;
  throw new Error(`${option}: ${JSON.stringify(value)} is not offered. Give one of ${offered.join(', ')}.`);
}

/** @throws Error with option, fault and remedy */
export function requireScopes(option: string, tokens: readonly string[]): readonly string[] {
  const bad = tokens.find((token) => !isScopeToken(token));
  if (bad === undefined) return Object.freeze([...new Set(tokens)]);
  throw new Error(
    `${option}: ${JSON.stringify(bad)} is not a scope. Use printable ASCII without spaces and quotes (RFC 6749 3.3).`,
  );
}
