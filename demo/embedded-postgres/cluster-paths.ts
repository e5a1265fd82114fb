import { chmod, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** Files of one cluster: all of them next to the data directory, which belongs to PostgreSQL. */
export interface ClusterPaths {
  readonly dataDirectory: string;
  readonly parentDirectory: string;
  readonly logFile: string;
  readonly lockFile: string;
  readonly passwordFile: string;
  /** Names with this prefix are half-made clusters; the holder of the lock may delete them. */
  readonly scratchPrefix: string;
}

/**
 * Creates the parent directory and names the files in it. It uses the parent's real path, so that one cluster reached through two symbolic
 * links is still one cluster.
 */
export async function clusterPaths(dataDirectory: string): Promise<ClusterPaths> {
  const wanted = resolve(dataDirectory);
  const parentDirectory = await makeParent(dirname(wanted));
  const name = basename(wanted);
  return {
    dataDirectory: join(parentDirectory, name),
    parentDirectory,
    logFile: join(parentDirectory, `${name}.log`),
    lockFile: join(parentDirectory, `${name}.lock`),
    passwordFile: join(parentDirectory, `${name}.json`),
    scratchPrefix: `${name}.initializing-`,
  };
}

async function makeParent(directory: string): Promise<string> {
  try {
    const made = await mkdir(directory, { recursive: true });
    // Root starts PostgreSQL as another user, who must be able to enter the directory, even under a strict umask.
    if (made !== undefined && process.getuid?.() === 0) await chmod(directory, 0o711);
    return await realpath(directory);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedPostgresError(`The directory ${directory} for the database cannot be made: ${reason}.`, {
      cause,
    });
  }
}
