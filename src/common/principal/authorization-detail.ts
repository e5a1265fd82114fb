/** One element of `authorization_details` (RFC 9396 2): what a client may do, more precisely than a scope can say it. */
export type AuthorizationDetail = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The same value in one spelling: members of objects in order. */
export function canonical<T>(value: T): T {
  if (Array.isArray(value)) return value.map((one: unknown) => canonical(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, canonical(member)])) as T;
}

export function isSameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

/** Whether each of these was granted, as it is. */
export function areGranted(asked: readonly AuthorizationDetail[], granted: readonly AuthorizationDetail[]): boolean {
  return asked.every((one) => granted.some((other) => isSameValue(one, other)));
}

/**
 * Those that concern one of these resources (RFC 9396 9.1): a resource is not told what a token allows elsewhere.
 * @param audience empty: no resource in particular, and all of them
 */
export function detailsAt(
  audience: readonly string[],
  details: readonly AuthorizationDetail[],
): readonly AuthorizationDetail[] {
  if (audience.length === 0) return details;
  return details.filter(({ locations }) => {
    if (!Array.isArray(locations) || locations.length === 0) return true;
    return locations.some((one) => audience.includes(one as string));
  });
}

/** As a verified token, or a row of ours, has them; what is of another form tells nothing. */
export function readDetails(claim: unknown): readonly AuthorizationDetail[] {
  if (!Array.isArray(claim)) return [];
  return claim.filter(
    (one): one is AuthorizationDetail =>
      typeof one === 'object' && one !== null && typeof (one as { type?: unknown }).type === 'string',
  );
}
