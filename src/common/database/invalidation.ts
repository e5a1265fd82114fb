import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Connections } from './connections.js';
import type { Database, Statement } from './database.js';
import { INVALIDATION_CHANNEL } from './transaction.js';

const FIRST_RETRY_MILLISECONDS = 100;
const MAX_RETRY_MILLISECONDS = 5_000;
const HEARTBEAT_MILLISECONDS = 15_000;
const GOODBYE_MILLISECONDS = 1_000;
/** A notice to oneself; no tag of a credential begins so. */
const ECHO = 'echo:';
const ECHO_MILLISECONDS = 5_000;
const SEND_ECHO: Statement = { name: 'auth_echo', text: 'SELECT pg_notify($1, $2)' };

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
  /** Whether there was ever a connection: a database that is not there yet is no loss. */
  private connected = false;
  /** The notice that has to come round, and when it is given up. */
  private awaited = '';
  private proof: NodeJS.Timeout | undefined;
  private deaf = false;
  private started = false;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly connections: Connections,
  ) {}

  subscribe(listener: InvalidationListener): void {
    this.listeners.push(listener);
    if (this.started && this.listeners.length === 1) void this.connect();
  }

  /** Starts listening in the background, once there is somebody to tell; the boot does not wait for the database. */
  start(): void {
    this.started = true;
    if (this.listeners.length > 0) void this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    clearInterval(this.heartbeat);
    clearTimeout(this.proof);
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
      client = this.connections.single('nest-authority listen');
      client.on('error', (error) => this.lost(client!, error));
      client.on('end', () => this.lost(client!, new Error('the connection ended')));
      client.on('notification', (message) => this.receive(message.payload ?? ''));
      this.client = client;
      await client.connect();
      await client.query(`LISTEN ${INVALIDATION_CHANNEL}`);
      this.retryMilliseconds = FIRST_RETRY_MILLISECONDS;
      this.connected = true;
      this.flush();
      void this.prove();
      this.beat(client);
    } catch (error) {
      this.lost(client, error);
    }
  }

  private receive(payload: string): void {
    if (!payload.startsWith(ECHO)) return this.dropLocal(payload.split('\n'));
    if (payload !== this.awaited) return;
    clearTimeout(this.proof);
    this.awaited = '';
    if (!this.deaf) return;
    this.deaf = false;
    this.flush();
    this.logger.log('revocations of other processes are heard again');
  }

  /**
   * That LISTEN succeeded proves nothing: behind a pooler it is said to a session that others get. So a notice goes out on another
   * connection, and has to come round.
   */
  private async prove(): Promise<void> {
    const echo = ECHO + randomUUID();
    this.awaited = echo;
    try {
      await this.database.query(SEND_ECHO, [INVALIDATION_CHANNEL, echo]);
    } catch {
      // A database that is away is told of by whoever needs it.
      return;
    }
    // It may have come round already, before the statement that sent it was answered.
    if (this.stopped || this.awaited !== echo) return;
    clearTimeout(this.proof);
    this.proof = setTimeout(() => this.miss(), ECHO_MILLISECONDS).unref();
  }

  private miss(): void {
    if (this.deaf || this.stopped || !this.client) return;
    this.deaf = true;
    this.logger.warn(
      'LISTEN succeeded, but notifications do not arrive: give the data source a direct address (a pooler in transaction mode keeps them ' +
        'from us). Until then what other processes revoke is noticed when cacheTtl has passed.',
    );
  }

  /** A network that went silent reports nothing by itself. One beat at a time: its own time limit ends it. */
  private beat(client: Client): void {
    clearInterval(this.heartbeat);
    let isOut = false;
    this.heartbeat = setInterval(() => {
      if (isOut) return;
      isOut = true;
      client
        .query('SELECT 1')
        .then(() => this.prove())
        .catch((error: unknown) => this.lost(client, error))
        .finally(() => (isOut = false));
    }, HEARTBEAT_MILLISECONDS).unref();
  }

  private lost(client: Client | undefined, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = undefined;
    clearInterval(this.heartbeat);
    clearTimeout(this.proof);
    client?.end().catch(() => undefined);
    this.flush();
    const message = `not hearing revocations, will reconnect: ${error instanceof Error ? error.message : String(error)}`;
    if (this.connected) this.logger.warn(message);
    else this.logger.debug(message);
    this.timer = setTimeout(() => void this.connect(), this.retryMilliseconds).unref();
    this.retryMilliseconds = Math.min(this.retryMilliseconds * 2, MAX_RETRY_MILLISECONDS);
  }

  private flush(): void {
    for (const listener of this.listeners) listener.flush();
  }
}
