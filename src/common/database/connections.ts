import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientConfig, Pool, PoolClient, PoolConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { AuthError } from '../errors/auth-error.js';
import { searchPath } from './own-schema.js';

/** Under these a lost database, a silent network or a locked row becomes a quick 503. They are ours alone: a host's query takes its time. */
const LIMITS = {
  connectionTimeoutMillis: 2_000,
  query_timeout: 2_500,
  statement_timeout: 2_400,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 10_000,
  keepAlive: true,
} as const;
/**
 * What our statements take for granted, whatever database, role or address set: dates as the driver reads them, days of 24 hours, and the
 * level that all that is said about locks here is said of.
 */
const SESSION = ['datestyle=ISO,YMD', 'timezone=UTC', 'default_transaction_isolation=read\\ committed'];
/** Of these, an address of the host's means its own queries. */
const NOT_OURS = [...Object.keys(LIMITS), 'options', 'application_name'];
const GOODBYE_MILLISECONDS = 1_000;

type HostPool = Pool & { readonly Client: new (config: ClientConfig) => Client };

/**
 * The pg pool of this project, beside the host's: the same server and credentials, as many connections, limits of its own. Neither waits for
 * the other's connections. Nothing that hangs on a pool is kept: a data source that is initialised anew brings another one.
 */
export class Connections {
  private source: HostPool | undefined;
  private own: Pool | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** @throws AuthError 503 while the data source is not connected */
  get pool(): Pool {
    const host = this.hostPool;
    if (host !== this.source || !this.own) {
      this.drop();
      this.source = host;
      this.own = makePool(host, this.schema);
    }
    return this.own;
  }

  /** A connection that no pool knows, under the same limits. @throws AuthError 503 while the data source is not connected */
  single(name: string): Client {
    const host = this.hostPool;
    return new host.Client({ ...configOf(host, this.schema), application_name: name });
  }

  /** Ends the connections that are idle, and the others when they are given back. A silent network is not waited for. */
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
  // An idle connection that is lost is news for nobody; without a listener it ends the process (T117).
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
    // Not enumerable in the pool's options, and absent from them where the address carries it.
    ...(options.password !== undefined && { password: options.password }),
    ...(connectionString !== undefined && { connectionString }),
    ...LIMITS,
    options: [...(given === undefined ? [] : [given]), ...session.map((one) => `-c ${one}`)].join(' '),
  };
}

/** What stands in an address wins over what is given beside it. */
function splitAddress(address: string | undefined): [address: string | undefined, options?: string | undefined] {
  if (address === undefined || !URL.canParse(address)) return [address];
  const url = new URL(address);
  const { searchParams } = url;
  const options = searchParams.get('options') ?? undefined;
  if (!NOT_OURS.some((name) => searchParams.has(name))) return [address];
  for (const name of NOT_OURS) searchParams.delete(name);
  return [url.href, options];
}

/** In `options` blanks separate, and a backslash takes their meaning away. */
function escaped(value: string): string {
  return value.replace(/[\\ ]/g, '\\$&');
}

/**
 * A connection that hears of its end while nobody listens emits an 'error' that ends the process (T117). The pool listens while it is
 * idle and its user while they work; in between nobody does, and one chunk from the network may hold both the answer that hands the
 * connection over and the news of its end.
 */
function guardConnections(pool: Pool): void {
  const known = new WeakSet<PoolClient>();
  pool.on('acquire', (client) => {
    if (known.has(client)) return;
    known.add(client);
    client.on('error', () => undefined);
  });
}
