/** Which scopes contain others (RFC 6749 3.3 leaves that to the server): who holds one, holds what it implies. */
export class ImpliedScopes {
  /** A scope, and all that have it within them. */
  private readonly containers = new Map<string, ReadonlySet<string>>();

  constructor(implied: ReadonlyMap<string, readonly string[]>) {
    for (const scope of implied.keys())
      for (const within of reachedFrom(scope, implied))
        this.containers.set(within, new Set([...(this.containers.get(within) ?? []), scope]));
  }

  /** @param held by name */
  holds(held: ReadonlySet<string>, scope: string): boolean {
    if (held.has(scope)) return true;
    for (const one of this.containers.get(scope) ?? []) if (held.has(one)) return true;
    return false;
  }

  /** For code of others that compares by name. @returns those held, and all within them */
  expand(held: ReadonlySet<string>): ReadonlySet<string> {
    const within = [...this.containers.keys()].filter((scope) => this.holds(held, scope));
    return new Set([...held, ...within]);
  }
}

/** Also over several steps. */
function reachedFrom(scope: string, implied: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...(implied.get(scope) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...(implied.get(next) ?? []));
  }
  return reached;
}

/**
 * @returns null for none
 * @throws Error for a scope that comes back to itself: both would be one, and the narrower as good as the wider; stops the boot
 */
export function impliedScopesOf(
  option: string,
  given: Readonly<Record<string, readonly string[]>>,
): ImpliedScopes | null {
  const implied = new Map(Object.entries(given));
  for (const scope of implied.keys())
    if (reachedFrom(scope, implied).has(scope))
      throw new Error(
        `${option}: "${scope}" implies itself, over one of ${implied.get(scope)!.join(', ')}. Leave out the way back.`,
      );
  return implied.size === 0 ? null : new ImpliedScopes(implied);
}
