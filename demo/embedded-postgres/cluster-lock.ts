import { readFileSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { isSameProcess, startMarkOf } from './process-table.js';

interface LockHolder {
  readonly pid: number;
  readonly startMark?: string | undefined;
  readonly keeperPid?: number;
  readonly keeperStartMark?: string | undefined;
}

export type LockState = 'free' | 'held' | 'closing' | 'abandoned';

const POLL_MS = 100;
/** A program that is stopping right now gets this long to release the lock. */
const HELD_DEADLINE_MS = 3_000;
/** The keeper of a killed program needs up to ten seconds to stop PostgreSQL. */
const CLOSING_DEADLINE_MS = 15_000;
/** An unreadable lock younger than this is still being written. */
const WRITING_MS = 2_000;

/**
 * Locks the cluster for this process, and waits a little for a process that is stopping. PostgreSQL's own lock file is not enough: it does
 * not exist while the cluster is created, and it does not tell an orphan from a running neighbour.
 * @throws EmbeddedPostgresError when a running program uses the cluster
 */
export async function takeLock(lockFile: string): Promise<void> {
  const startedAt = Date.now();
  for (;;) {
    if (await tryTake(lockFile)) return;
    const state = lockState(lockFile);
    const waitedMs = Date.now() - startedAt;
    if (state === 'abandoned') {
      await discard(lockFile);
      continue;
    }
    if (waitedMs > (state === 'held' ? HELD_DEADLINE_MS : CLOSING_DEADLINE_MS)) throw inUse(lockFile);
    await sleep(POLL_MS);
  }
}

/** Adds the keeper, so that after our sudden death the next start knows which process to wait for. */
export async function recordKeeper(lockFile: string, keeperPid: number): Promise<void> {
  const holder: LockHolder = { ...ourselves(), keeperPid, keeperStartMark: startMarkOf(keeperPid) };
  const draft = `${lockFile}.${process.pid}`;
  await writeFile(draft, JSON.stringify(holder));
  await rename(draft, lockFile);
}

/** What a lock file says about its cluster: `closing` means that only the keeper is left. */
export function lockState(lockFile: string): LockState {
  let holder: LockHolder;
  try {
    holder = JSON.parse(readFileSync(lockFile, 'utf8')) as LockHolder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'free';
    return ageMs(lockFile) > WRITING_MS ? 'abandoned' : 'held';
  }
  if (isSameProcess(holder.pid, holder.startMark)) return 'held';
  const { keeperPid } = holder;
  return keeperPid !== undefined && isSameProcess(keeperPid, holder.keeperStartMark) ? 'closing' : 'abandoned';
}

function ourselves(): LockHolder {
  return { pid: process.pid, startMark: startMarkOf(process.pid) };
}

async function tryTake(lockFile: string): Promise<boolean> {
  try {
    await writeFile(lockFile, JSON.stringify(ourselves()), { flag: 'wx' });
    return true;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new EmbeddedPostgresError(`The directory of the database is not writable: ${message}.`, { cause });
  }
}

/** Moves the lock away before deleting it: of two programs that find it abandoned only one succeeds. */
async function discard(lockFile: string): Promise<void> {
  const grave = `${lockFile}.${process.pid}`;
  try {
    await rename(lockFile, grave);
    // Another program was quicker and has already put its own lock there: give it back.
    if (lockState(grave) !== 'abandoned') await rename(grave, lockFile);
    else await rm(grave, { force: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new EmbeddedPostgresError(`The left-over lock file ${lockFile} cannot be deleted.`, { cause });
  }
}

function ageMs(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

function inUse(lockFile: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `Another nest-authority program is already using the database beside ${lockFile}; stop it or run elsewhere.`,
  );
}
