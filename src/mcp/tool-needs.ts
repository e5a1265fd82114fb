import { isScopeToken } from '../common/principal/scopes.js';

/** What a tool requires of a token. */
export interface ToolNeeds {
  /** All of these scopes. */
  readonly scopes: readonly string[];
  /** One scope of each group. */
  readonly anyScope: readonly (readonly string[])[];
}

export type ToolTable = ReadonlyMap<string, ToolNeeds>;

/** Needs add up: what several places, or several tools of one request, require. */
export function allNeeds(needs: readonly ToolNeeds[]): ToolNeeds {
  return {
    scopes: [...new Set(needs.flatMap(({ scopes }) => scopes))],
    anyScope: needs.flatMap(({ anyScope }) => anyScope),
  };
}

export function needsNothing({ scopes, anyScope }: ToolNeeds): boolean {
  return scopes.length === 0 && anyScope.length === 0;
}

export function meets(held: ReadonlySet<string>, { scopes, anyScope }: ToolNeeds): boolean {
  const has = (scope: string) => held.has(scope);
  return scopes.every(has) && anyScope.every((group) => group.some(has));
}

/** All scopes of an operation: of a group those that the token has, since one suffices, else all. */
export function scopesToAskFor(held: ReadonlySet<string>, { scopes, anyScope }: ToolNeeds): string[] {
  const ofGroups = anyScope.flatMap((group) => {
    const some = group.filter((scope) => held.has(scope));
    return some.length > 0 ? some : group;
  });
  return [...new Set([...scopes, ...ofGroups])];
}

/** @throws Error for what is not a scope (RFC 6749 3.3); stops the boot */
export function checkedScopes(place: string, scopes: readonly unknown[]): string[] {
  if (scopes.length === 0 || !scopes.every((scope) => typeof scope === 'string' && isScopeToken(scope)))
    throw new Error(`${place}: give one scope or more, none with spaces or quotes.`);
  return scopes as string[];
}
