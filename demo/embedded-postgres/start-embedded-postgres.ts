import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type DatabaseError } from 'pg';
import { findBinaries } from './binaries.js';
import { takeLock } from './cluster-lock.js';
import { clusterPaths, type ClusterPaths } from './cluster-paths.js';
import { ensureCluster, SUPERUSER } from './create-cluster.js';
import { EmbeddedPostgresError, readLog } from './embedded-postgres-error.js';
import type { KeeperOrder } from './keeper.js';
import { launchKeeper, type Keeper } from './launch-keeper.js';
import { stopOrphan } from './postmaster.js';
import { chooseRunAs, commandFor, type RunAs } from './run-as.js';

export interface EmbeddedPostgresOptions {
  /** Where PostgreSQL keeps its files. Log, lock and password file are next to it, with its name. */
  readonly dataDirectory: string;
  /** True: kept, password-protected, safe against power loss. False: for tests; fast, open, deleted at the end. */
  readonly durable: boolean;
  /** @default 100, and 200 for a throw-away cluster */
  readonly maxConnections?: number;
  /** @default a free one, different at each start */
  readonly port?: number;
  /** Further settings of the server, by the names of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  /** Idempotent. If it is not called, the server still stops soon after this process has ended, however it ended. */
  stop(): Promise<void>;
}

interface Plan {
  readonly postgres: string;
  readonly paths: ClusterPaths;
  readonly runAs: RunAs;
  readonly password: string | undefined;
  readonly options: EmbeddedPostgresOptions;
  readonly removeAfterwards: readonly string[];
}

/** Long, since after a crash PostgreSQL replays its log before it accepts connections. */
const READY_DEADLINE_MS = 60_000;
const READY_POLL_MS = 25;
/** Another server on the port may refuse the password for this long before ours gives up. */
const STRANGER_DEADLINE_MS = 3_000;
const CONNECT_DEADLINE_MS = 5_000;
const START_ATTEMPTS = 5;
const RETRY_DELAY_MS = 400;
const PORT_TAKEN = /Address already in use|could not bind|Only one usage of each socket/;
/** Backends of a killed server that have not noticed it yet. */
const PREDECESSOR_LEAVING = /shared memory block|lock file "postmaster\.pid" already exists/;

/**
 * Starts a PostgreSQL from node_modules on 127.0.0.1 and waits until it answers.
 * @throws EmbeddedPostgresError with a message for the terminal
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const paths = await clusterPaths(options.dataDirectory);
  await takeLock(paths.lockFile);
  const removeAfterwards = [...(options.durable ? [] : [paths.dataDirectory]), paths.lockFile];
  try {
    await stopOrphan(paths.dataDirectory);
    const runAs = await chooseRunAs(binaries, paths);
    const password = await ensureCluster({ binaries, paths, runAs, durable: options.durable });
    return await startServer({ postgres: binaries.postgres, paths, runAs, password, options, removeAfterwards });
  } catch (error) {
    await removeAll(removeAfterwards);
    throw error;
  }
}

async function startServer(plan: Plan): Promise<EmbeddedPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const port = plan.options.port ?? (await freePort());
    const url = urlOf(plan, port);
    const keeper = await launchKeeper(keeperOrder(plan, port), plan.paths);
    const problem = await whenReady(keeper, url, plan.paths.dataDirectory);
    if (problem === undefined) {
      let stopped: Promise<void> | undefined;
      // The keeper has deleted these already, unless it or PostgreSQL died early.
      const stop = () => keeper.stop().then(() => removeAll(plan.removeAfterwards));
      return { url, port, stop: () => (stopped ??= stop()) };
    }
    const output = readLog(plan.paths.logFile);
    await keeper.stop();
    if (attempt < START_ATTEMPTS && isPassing(output, plan.options)) {
      await sleep(RETRY_DELAY_MS);
      continue;
    }
    throw new EmbeddedPostgresError(`${problem} (log: ${plan.paths.logFile}).`, { output });
  }
}

async function removeAll(removals: readonly string[]): Promise<void> {
  for (const path of removals) await rm(path, { recursive: true, force: true });
}

function keeperOrder({ postgres, paths, runAs, options, removeAfterwards }: Plan, port: number): KeeperOrder {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: options.maxConnections ?? (options.durable ? 100 : 200),
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...options.settings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    ...commandFor(runAs, postgres, ['-D', paths.dataDirectory, ...args]),
    removeAfterwards,
  };
}

/** @returns a sentence that says why it failed, or undefined when the server answers */
async function whenReady(keeper: Keeper, url: string, dataDirectory: string): Promise<string | undefined> {
  const startedAt = Date.now();
  while (Date.now() < startedAt + READY_DEADLINE_MS) {
    if (keeper.hasExited()) return 'The embedded PostgreSQL stopped while it was starting';
    const answer = await ask(url);
    if (typeof answer === 'string' && resolve(answer) === dataDirectory) return undefined;
    if (isWrongPassword(answer) && Date.now() > startedAt + STRANGER_DEADLINE_MS) {
      return 'The embedded PostgreSQL does not accept the password in the file beside its data';
    }
    await sleep(READY_POLL_MS);
  }
  return `The embedded PostgreSQL did not answer within ${READY_DEADLINE_MS / 1000} seconds`;
}

/** Asks for the data directory, because another server may have taken the port first and would answer as well. */
async function ask(url: string): Promise<string | Error> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_DEADLINE_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  } catch (error) {
    return error as Error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function isWrongPassword(answer: string | Error): boolean {
  return answer instanceof Error && (answer as DatabaseError).code === '28P01';
}

function isPassing(log: string, options: EmbeddedPostgresOptions): boolean {
  return PREDECESSOR_LEAVING.test(log) || (options.port === undefined && PORT_TAKEN.test(log));
}

function urlOf({ password }: Plan, port: number): string {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  return `postgres://${SUPERUSER}${secret}@127.0.0.1:${port}/postgres`;
}

function freePort(): Promise<number> {
  return new Promise((picked, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => picked(port));
    });
  });
}
