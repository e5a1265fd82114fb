/**
 * Splits a display name, for directories that know only that: the last word is the family name, a single word the given name. A directory
 * that gives either name keeps its claims as they are.
 */
export function withNameParts(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { name } = claims;
  if (typeof name !== 'string' || isKnown(claims['given_name']) || isKnown(claims['family_name'])) return { ...claims };
  const words = name.split(/\s+/).filter((word) => word !== '');
  const given = words.length > 1 ? words.slice(0, -1).join(' ') : words[0];
  return {
    ...claims,
    ...(given !== undefined && { given_name: given }),
    ...(words.length > 1 && { family_name: words.at(-1) }),
  };
}

function isKnown(claim: unknown): boolean {
  return claim !== undefined && claim !== null && claim !== '';
}
