/** The kind of an option's value; checked before the value itself. */
export type OptionKind = keyof typeof KINDS;

interface Kind {
  readonly noun: string;
  readonly fits: (value: unknown) => boolean;
}

const isText = (value: unknown) => typeof value === 'string';
const isBlock = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const KINDS = {
  text: { noun: 'a text', fits: isText },
  texts: { noun: "a list of texts, such as ['a', 'b']", fits: (value) => Array.isArray(value) && value.every(isText) },
  /** Its own module checks the members. */
  list: { noun: 'a list', fits: Array.isArray },
  flag: { noun: 'true or false', fits: (value) => typeof value === 'boolean' },
  number: { noun: 'a number', fits: (value) => Number.isFinite(value) },
  duration: {
    noun: "whole seconds or a text such as '15m'",
    fits: (value) => isText(value) || Number.isFinite(value),
  },
  function: { noun: 'a function', fits: (value) => typeof value === 'function' },
  block: { noun: 'an object', fits: isBlock },
  blocks: { noun: 'a list of objects', fits: (value) => Array.isArray(value) && value.every(isBlock) },
} as const satisfies Record<string, Kind>;

/**
 * Refuses a value whose kind is not the documented one. Without this check a text in place of a list would be read letter by letter, and
 * every value but false would count as true. The message never repeats the value, which may be a secret.
 * @throws Error naming the option, the fault and the remedy; stops the boot
 */
export function requireKind(option: string, value: unknown, kinds: readonly OptionKind[]): void {
  if (value === undefined || kinds.some((kind) => KINDS[kind].fits(value))) return;
  const nouns = kinds.map((kind) => KINDS[kind].noun).join(', or ');
  throw new Error(`${option}: it is ${nounOf(value)}. Give ${nouns}.`);
}

/** As `requireKind`, for a block of options. @throws Error naming the option, the fault and the remedy; stops the boot */
export function requireBlock(option: string, value: unknown): void {
  if (value === undefined || isBlock(value)) return;
  throw new Error(`${option}: it is ${nounOf(value)}. Give an object with options.`);
}

function nounOf(value: unknown): string {
  if (value === null) return 'null';
  if (Number.isNaN(value)) return 'not a number (NaN)';
  if (Array.isArray(value)) {
    if (value.every(isText)) return 'a list of texts';
    return value.every(isBlock) ? 'a list of objects' : 'a list with members of another kind';
  }
  const nouns: Readonly<Record<string, string>> = { string: 'a text', boolean: String(value), object: 'an object' };
  return nouns[typeof value] ?? `a ${typeof value}`;
}
