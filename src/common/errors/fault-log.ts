const STACK_INTERVAL_MILLISECONDS = 60_000;
const MAX_KINDS = 200;

/**
 * Decides which errors are logged with their stack: the first of each kind per minute. While a database is away every request fails in
 * the same place, and thousands of equal stacks would hide everything else.
 */
export class FaultLog {
  private readonly told = new Map<string, number>();

  /** @returns the stack to log; undefined: the same was logged less than a minute ago, or there is none */
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

/** The name, code and first stack frame of an error. Not the message, which varies. */
function kindOf(cause: Error & { code?: unknown }, stack: string): string {
  const frame = stack.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? '';
  return [cause.name, String(cause.code ?? ''), frame].join('|');
}
