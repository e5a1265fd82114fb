import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Process {
  readonly name: string;
  readonly parentPid: number;
  readonly microseconds: number;
}

/**
 * Finds the PostgreSQL that one of our connections leads to.
 * @returns its process, or undefined where there is no /proc, or PostgreSQL runs on another machine
 */
export function findPostmaster(backendPid: number): number | undefined {
  const backend = readProcess(backendPid);
  return backend?.name.startsWith('postgres') ? backend.parentPid : undefined;
}

/** CPU time so far of the server and of all its processes, by pid. */
export function postgresCpu(postmasterPid: number): ReadonlyMap<number, number> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return new Map(
    pids.flatMap((pid) => {
      const found = readProcess(pid);
      const isOurs = found && (pid === postmasterPid || found.parentPid === postmasterPid);
      return isOurs ? [[pid, found.microseconds] as const] : [];
    }),
  );
}

/** Microseconds between two readings; what has started meanwhile counts from zero. */
export function cpuBetween(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  return [...after].reduce((sum, [pid, microseconds]) => sum + microseconds - (before.get(pid) ?? 0), 0);
}

function readProcess(pid: number): Process | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined; // no /proc, or it has just ended
  }
  // The name is in brackets and may hold anything; the numbers follow the last bracket (proc(5)).
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    parentPid: Number(fields[1]),
    microseconds: (ticks / TICKS_PER_SECOND) * 1e6,
  };
}
