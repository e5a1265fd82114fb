/**
 * Refuses options that do not exist: a misspelt one would otherwise be a default that nobody chose.
 * @param option where they stand, e.g. `accounts.session`
 * @throws Error naming the unknown option and the known ones; stops the boot
 */
export function requireKnownKeys<Options extends object>(
  option: string,
  given: Options | undefined,
  known: readonly (keyof Options & string)[],
): void {
  const unknown = Object.keys(given ?? {}).find((key) => !(known as readonly string[]).includes(key));
  if (unknown !== undefined)
    throw new Error(`${option}: there is no option "${unknown}". Known are: ${known.join(', ')}.`);
}
