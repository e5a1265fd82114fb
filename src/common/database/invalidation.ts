import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type PoolConfig } from 'pg';
import type { Database } from './database.js';
import { INVALIDATION_CHANNEL } from './transaction.js';

const FIRST_RETRY_MILLISECONDS = 100;
const MAX_RETRY_MILLISECONDS = 5_000;
const HEARTBEAT_MILLISECONDS = 15_000;
const CONNECT_TIMEOUT_MILLISECONDS = 2_000;
const GOODBYE_MILLISECONDS = 1_000;

export interface InvalidationListener {
  /** Tags of credentials that changed somewhere. */
  drop(tags: readonly string[]): void;
  /** Notifications may have been missed: everything must go. */
  flush(): void;
}

/**
 * Hears the revocations of every process over one dedicated connection (LISTEN/NOTIFY).
 * When the connection is lost, it is made again and all caches are flushed, since notifications are not kept for the absent;
 * until then the cache's own lifetime bounds how long a revoked credential lives.
 */
export class InvalidationChannel {
  private readonly logger = new Logger('AuthInvalidation');
  private readonly listeners: InvalidationListener[] = [];
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private retryMilliseconds = FIRST_RETRY_MILLISECONDS;
  /** Whether it has ever heard: a database that is not there yet is no loss. */
  private heard = false;
  private stopped = false;

  constructor(private readonly database: Database) {}

  subscribe(listener: InvalidationListener): void {
    this.listeners.push(listener);
  }

  /** Starts listening in the background; the boot does not wait for the database. */
  start(): void {
    void this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    clearInterval(this.heartbeat);
    const client = this.client;
    this.client = undefined;
    // A silent network never answers the goodbye.
    if (client)
      await Promise.race([client.end().catch(() => undefined), sleep(GOODBYE_MILLISECONDS, null, { ref: false })]);
  }

  /** Drops tags in this process, without waiting for the notification to come round. */
  readonly dropLocal = (tags: readonly string[]): void => {
    for (const listener of this.listeners) listener.drop(tags);
  };

  private async connect(): Promise<void> {
    if (this.stopped) return;
    let client: Client | undefined;
    try {
      const { options } = this.database.pool;
      const config: PoolConfig = {
        ...options,
        // Not enumerable in the pool's options, and absent from them where the address carries it.
        ...(options.password !== undefined && { password: options.password }),
        connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
      };
      client = new Client({ ...config, application_name: 'nest-authority listen', keepAlive: true });
      client.on('error', (error) => this.lost(client!, error));
      client.on('end', () => this.lost(client!, new Error('the connection ended')));
      client.on('notification', (message) => this.dropLocal((message.payload ?? '').split('\n')));
      this.client = client;
      await client.connect();
      await client.query(`LISTEN ${INVALIDATION_CHANNEL}`);
      this.retryMilliseconds = FIRST_RETRY_MILLISECONDS;
      this.heard = true;
      this.flush();
      this.beat(client);
    } catch (error) {
      this.lost(client, error);
    }
  }

  /** A network that went silent reports nothing by itself. */
  private beat(client: Client): void {
    clearInterval(this.heartbeat);
    this.heartbeat = setInterval(() => {
      client.query('SELECT 1').catch((error: unknown) => this.lost(client, error));
    }, HEARTBEAT_MILLISECONDS).unref();
  }

  private lost(client: Client | undefined, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = undefined;
    clearInterval(this.heartbeat);
    client?.end().catch(() => undefined);
    this.flush();
    const message = `not hearing revocations, will reconnect: ${error instanceof Error ? error.message : String(error)}`;
    if (this.heard) this.logger.warn(message);
    else this.logger.debug(message);
    this.timer = setTimeout(() => void this.connect(), this.retryMilliseconds).unref();
    this.retryMilliseconds = Math.min(this.retryMilliseconds * 2, MAX_RETRY_MILLISECONDS);
  }

  private flush(): void {
    for (const listener of this.listeners) listener.flush();
  }
}
