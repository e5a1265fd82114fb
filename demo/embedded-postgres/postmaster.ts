import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { commandLineOf, isAlive } from './process-table.js';

/** Fast shutdown, immediate shutdown, kill; PostgreSQL recovers from each of them. */
export const SHUTDOWN_SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;
export const SHUTDOWN_STEP_MS = 5_000;

const POLL_MS = 50;

/**
 * Stops the server that a killed program (and a killed keeper) left behind on this data. Call it with the lock held, when no other process
 * can own that server.
 */
export async function stopOrphan(dataDirectory: string): Promise<void> {
  const pid = recordedPid(dataDirectory);
  if (pid === undefined || !isAlive(pid)) return;
  if (!isPostmasterOf(pid, dataDirectory)) {
    // Another process has this number now; PostgreSQL would take that process for a postmaster and refuse to start.
    if (commandLineOf(pid) !== undefined) await rm(pidFile(dataDirectory), { force: true });
    return;
  }
  for (const signal of SHUTDOWN_SIGNALS) {
    if (!send(pid, signal, dataDirectory)) return;
    const deadline = Date.now() + SHUTDOWN_STEP_MS;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await sleep(POLL_MS);
    }
  }
  throw new EmbeddedPostgresError(`An earlier PostgreSQL (process ${pid}) on ${dataDirectory} cannot be stopped.`);
}

/** The same without waiting, for the `exit` event of a process whose keeper has ended. */
export function killOrphanNow(dataDirectory: string): void {
  const pid = recordedPid(dataDirectory);
  if (pid === undefined || !isPostmasterOf(pid, dataDirectory)) return;
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It has just ended.
  }
}

function pidFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

function recordedPid(dataDirectory: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile(dataDirectory), 'utf8'), 10);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isPostmasterOf(pid: number, dataDirectory: string): boolean {
  const command = commandLineOf(pid);
  return command !== undefined && command.includes('postgres') && command.includes(` -D ${dataDirectory} `);
}

function send(pid: number, signal: NodeJS.Signals, dataDirectory: string): boolean {
  try {
    return process.kill(pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw new EmbeddedPostgresError(
      `An earlier PostgreSQL (process ${pid}) of another user still runs on ${dataDirectory}.`,
      { cause },
    );
  }
}
