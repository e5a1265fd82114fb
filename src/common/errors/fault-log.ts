const STACK_INTERVAL_MILLISECONDS = 60_000;
const MAX_KINDS = 200;

/**
 * Which faults are worth a stack in the log: the first of its kind in each minute. While a database is away every request fails in the same
 * place, and thousands of equal stacks hide what else happens.
 */
export class FaultLog {
  private readonly told = new Map<string, number>();

  /** @returns the stack to log with the fault; undefined: it was logged a moment ago, or there is none */
  stackOf(cause: unknown, now = performance.now()): string | undefined {
    if (!(cause instanceof Error) || cause.stack === undefined) return undefined;
    const kind = kindOf(cause, cause.stack);
    const last = this.told.get(kind);
    if (last !== undefined && now - last < STACK_INTERVAL_MILLISECONDS) return undefined;
    if (this.told.size >= MAX_KINDS) this.told.clear();
    this.told.set(kind, now);
    return cause.stack;
  }
}

/** Its name, its code and where it comes from; messages hold what varies. */
function kindOf(cause: Error & { code?: unknown }, stack: string): string {
  const frame = stack.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? '';
  return [cause.name, String(cause.code ?? ''), frame].join('|');
}
