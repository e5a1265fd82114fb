import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.js';
import type { ClusterPaths } from './cluster-paths.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { commandFor, environmentForPostgres, giveTo, type RunAs } from './run-as.js';

export const SUPERUSER = 'postgres';

const INITDB_DEADLINE_MS = 120_000;
const PASSWORD_BYTES = 24;

interface ClusterOrder {
  readonly binaries: PostgresBinaries;
  readonly paths: ClusterPaths;
  readonly runAs: RunAs;
  /** False: any local connection is accepted, and nothing waits for the disk. */
  readonly durable: boolean;
}

/**
 * Creates the cluster unless it exists, and returns the superuser's password (undefined for a throw-away cluster). The caller holds the
 * lock. initdb works in a scratch directory that is renamed at the end, so a data directory is never half made.
 */
export async function ensureCluster(order: ClusterOrder): Promise<string | undefined> {
  const { paths, runAs, durable } = order;
  try {
    await deleteScratch(paths);
    const exists = await isCluster(paths.dataDirectory);
    const password = durable ? await ensurePassword(paths, exists) : undefined;
    if (exists) await giveTo(runAs, paths.dataDirectory);
    else await create(order, password);
    return password;
  } catch (cause) {
    if (cause instanceof EmbeddedPostgresError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedPostgresError(`The data directory ${paths.dataDirectory} cannot be used: ${reason}.`, { cause });
  }
}

async function deleteScratch(paths: ClusterPaths): Promise<void> {
  for (const name of await readdir(paths.parentDirectory)) {
    if (!name.startsWith(paths.scratchPrefix)) continue;
    await rm(join(paths.parentDirectory, name), { recursive: true, force: true });
  }
}

async function isCluster(dataDirectory: string): Promise<boolean> {
  const control = await stat(join(dataDirectory, 'global', 'pg_control')).catch(ignoreMissing);
  const version = await stat(join(dataDirectory, 'PG_VERSION')).catch(ignoreMissing);
  return control !== undefined && version !== undefined;
}

/** The password outlives the cluster and is written before it: a cluster without its password would be useless. */
async function ensurePassword(paths: ClusterPaths, clusterExists: boolean): Promise<string> {
  const text = await readFile(paths.passwordFile, 'utf8').catch(ignoreMissing);
  if (text !== undefined) return (JSON.parse(text) as { superuserPassword: string }).superuserPassword;
  if (clusterExists) {
    throw new EmbeddedPostgresError(
      `The database in ${paths.dataDirectory} exists but its password file ${paths.passwordFile} does not; ` +
        'restore the file, or move the database away to start anew.',
    );
  }
  const superuserPassword = randomBytes(PASSWORD_BYTES).toString('base64url');
  const draft = `${paths.passwordFile}.new`;
  await writeFile(draft, `${JSON.stringify({ superuserPassword })}\n`, { mode: 0o600, flush: true });
  await rename(draft, paths.passwordFile);
  return superuserPassword;
}

async function create(order: ClusterOrder, password: string | undefined): Promise<void> {
  const { binaries, paths, runAs } = order;
  await moveAside(paths.dataDirectory);
  const scratch = await mkdtemp(join(paths.parentDirectory, paths.scratchPrefix));
  try {
    await chmod(scratch, 0o711);
    const cluster = join(scratch, 'cluster');
    await mkdir(cluster, { mode: 0o700 });
    await giveTo(runAs, cluster);
    const access = password === undefined ? ['--auth=trust', '--no-sync'] : await accessBy(password, scratch, runAs);
    const wanted = [`--pgdata=${cluster}`, `--username=${SUPERUSER}`, '--encoding=UTF8', '--locale=C'];
    await runInitdb(binaries.initdb, [...wanted, '--no-instructions', ...access], runAs, paths.parentDirectory);
    await rename(cluster, paths.dataDirectory);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Whatever is in the place of the data is kept: we must not delete it. An empty directory is simply used. */
async function moveAside(dataDirectory: string): Promise<void> {
  const entries = await readdir(dataDirectory).catch(ignoreMissing);
  if (entries === undefined) return;
  if (entries.length === 0) await rm(dataDirectory, { recursive: true });
  else await rename(dataDirectory, `${dataDirectory}.unusable-${Date.now()}`);
}

async function accessBy(password: string, scratch: string, runAs: RunAs): Promise<string[]> {
  const file = join(scratch, 'password');
  await writeFile(file, password, { mode: 0o600 });
  await giveTo(runAs, file);
  return ['--auth=scram-sha-256', `--pwfile=${file}`];
}

async function runInitdb(initdb: string, wanted: string[], runAs: RunAs, cwd: string): Promise<void> {
  const { command, args, identity } = commandFor(runAs, initdb, wanted);
  try {
    const options = { ...identity, cwd, env: environmentForPostgres(), timeout: INITDB_DEADLINE_MS };
    await promisify(execFile)(command, args, options);
  } catch (cause) {
    const output = (cause as { stderr?: string }).stderr || String(cause);
    throw new EmbeddedPostgresError(`The database in ${cwd} could not be created.`, { output, cause });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
