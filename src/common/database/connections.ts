import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientConfig, Pool, PoolClient, PoolConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { AuthError } from '../errors/auth-error.js';
import { searchPath } from './own-schema.js';

/** With these limits a lost database, a silent network or a locked row soon becomes a 503. They do not apply to the host's queries. */
const LIMITS = {
  connectionTimeoutMillis: 2_000,
  query_timeout: 2_500,
  statement_timeout: 2_400,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 10_000,
  keepAlive: true,
} as const;
/**
 * Settings that our statements rely on, whatever the database, role or address sets: dates as the driver reads them, days of 24 hours, and
 * the isolation level for which our locks are designed. Plans go by an index, which every statement has: a connection keeps a plan until its
 * tables are analysed again, and one made while a table was small would read all of what it has become. A plan that must read a table all
 * the same would then count as so dear that older servers compile it (jit).
 */
const SESSION = [
  'datestyle=ISO,YMD',
  'timezone=UTC',
  'default_transaction_isolation=read\\ committed',
  'enable_seqscan=off',
  'jit=off',
];
/** Parameters that, in the host's database address, are meant for its own queries. */
const NOT_OURS = [...Object.keys(LIMITS), 'options', 'application_name'];
const GOODBYE_MILLISECONDS = 1_000;

type HostPool = Pool & { readonly Client: new (config: ClientConfig) => Client };

/**
 * The pg pool of this project, beside the host's: the same server and credentials, the same size, its own limits. Neither waits for the
 * other's connections. Callers must not keep a pool: a data source that is initialised again brings a new one.
 */
export class Connections {
  private source: HostPool | undefined;
  private own: Pool | undefined;

  /** @internal */
  constructor(private readonly dataSource: DataSource) {}

  /** @internal @throws AuthError 503 while the data source is not connected */
  get pool(): Pool {
    const host = this.hostPool;
    if (host !== this.source || !this.own) {
      this.drop();
      this.source = host;
      this.own = makePool(host, this.schema);
    }
    return this.own;
  }

  /** @internal A connection outside the pools, with the same limits. @throws AuthError 503 while the data source is not connected */
  single(name: string): Client {
    const host = this.hostPool;
    return new host.Client({ ...configOf(host, this.schema), application_name: name });
  }

  /** Ends idle connections now, and the others when they are released. Does not wait for a silent network. */
  async close(): Promise<void> {
    const { own } = this;
    this.own = undefined;
    if (own) await Promise.race([own.end(), sleep(GOODBYE_MILLISECONDS, null, { ref: false })]);
  }

  private drop(): void {
    this.close().catch((error: unknown) =>
      new Logger('AuthDatabase').debug(`an old pool did not end: ${String(error)}`),
    );
  }

  private get hostPool(): HostPool {
    const { master } = this.dataSource.driver as unknown as { master?: HostPool };
    if (this.dataSource.isInitialized && master) return master;
    if (this.own) this.drop();
    throw AuthError.unavailable('the data source is not connected');
  }

  private get schema(): string | undefined {
    return (this.dataSource.options as { schema?: string }).schema;
  }
}

function makePool(host: HostPool, schema: string | undefined): Pool {
  const BoundPool = host.constructor as new (config: PoolConfig) => Pool;
  const pool = new BoundPool({ ...configOf(host, schema), max: host.options.max, allowExitOnIdle: true });
  // Losing an idle connection does not matter, but without a listener the 'error' event ends the process (T117).
  pool.on('error', () => undefined);
  guardConnections(pool);
  return pool;
}

function configOf({ options }: HostPool, schema: string | undefined): PoolConfig {
  const [connectionString, inAddress] = splitAddress(options.connectionString);
  const given = options.options ?? inAddress;
  const session = schema === undefined ? SESSION : [...SESSION, `search_path=${escaped(searchPath(schema))}`];
  return {
    ...options,
    // `password` is not enumerable in the pool's options, and absent when the address contains it.
    ...(options.password !== undefined && { password: options.password }),
    ...(connectionString !== undefined && { connectionString }),
    ...LIMITS,
    options: [...(given === undefined ? [] : [given]), ...session.map((one) => `-c ${one}`)].join(' '),
  };
}

/** Removes those parameters from the address, where they would override ours; returns its `options`, to be merged with ours. */
function splitAddress(address: string | undefined): [address: string | undefined, options?: string | undefined] {
  if (address === undefined || !URL.canParse(address)) return [address];
  const url = new URL(address);
  const { searchParams } = url;
  const options = searchParams.get('options') ?? undefined;
  if (!NOT_OURS.some((name) => searchParams.has(name))) return [address];
  for (const name of NOT_OURS) searchParams.delete(name);
  return [url.href, options];
}

/** In `options` spaces separate settings; a backslash escapes a space. */
function escaped(value: string): string {
  return value.replace(/[\\ ]/g, '\\$&');
}

/**
 * A connection that ends while nothing listens for 'error' ends the process (T117). The pool listens while the connection is idle, its
 * user while it is in use. Between the two nothing would listen, and one chunk from the network may both complete the hand-over and report
 * the end.
 */
function guardConnections(pool: Pool): void {
  const known = new WeakSet<PoolClient>();
  pool.on('acquire', (client) => {
    if (known.has(client)) return;
    known.add(client);
    client.on('error', () => undefined);
  });
}
