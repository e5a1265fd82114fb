/** How adapters spell a name of better-auth, the usual first. @param withPlurals for tables, which some of them write as plurals */
export function spellingsOf(name: string, withPlurals = true): string[] {
  const snake = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  const singular = [name, snake, name.toLowerCase()];
  const all = withPlurals ? [...singular, ...singular.map((one) => `${one}s`)] : singular;
  return [...new Set(all)];
}
