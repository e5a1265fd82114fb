import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterPaths } from './cluster-paths.js';
import { recordKeeper } from './cluster-lock.js';
import type { KeeperOrder } from './keeper.js';
import { killOrphanNow, stopOrphan } from './postmaster.js';
import { environmentForPostgres } from './run-as.js';

/** A running keeper, as the program sees it. */
export interface Keeper {
  hasExited(): boolean;
  /** Closes the pipe and waits until PostgreSQL, and then the keeper, have ended. */
  stop(): Promise<void>;
}

/** Starts the keeper, which starts PostgreSQL. Both write to the log file of the cluster, which is emptied first. */
export async function launchKeeper(order: KeeperOrder, paths: ClusterPaths): Promise<Keeper> {
  const program = fileURLToPath(new URL('./keeper.js', import.meta.url));
  const log = openSync(paths.logFile, 'w', 0o600);
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    cwd: dirname(paths.logFile),
    env: environmentForPostgres(),
    stdio: ['pipe', log, log],
    detached: true,
    windowsHide: true,
  });
  closeSync(log);
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  // Neither may keep a program alive that forgot to stop them; when the program ends, so does the pipe.
  child.unref();
  unrefPipe(child);
  if (child.pid !== undefined) await recordKeeper(paths.lockFile, child.pid);
  const atExit = () => hasExited(child) && killOrphanNow(paths.dataDirectory);
  process.once('exit', atExit);
  return {
    hasExited: () => hasExited(child),
    stop: async () => {
      child.ref();
      child.stdin?.end();
      if (!hasExited(child)) await ended;
      process.off('exit', atExit);
      // Finds nothing unless the keeper was killed.
      await stopOrphan(paths.dataDirectory);
    },
  };
}

function hasExited(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function unrefPipe(child: ChildProcess): void {
  const pipe = child.stdin as { unref?: () => void } | null;
  pipe?.unref?.();
}
