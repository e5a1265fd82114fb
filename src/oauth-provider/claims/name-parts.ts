/**
 * Given and family name out of a display name, for directories that know no better: the last word is the family name, and one word alone
 * is a given name. Nothing when either is known.
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
