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
/** Prefix of a notification to this process itself; no tag of a credential begins like this. */
const ECHO = 'echo:';
const ECHO_MILLISECONDS = 5_000;
const SEND_ECHO: Statement = { name: 'auth_echo', text: 'SELECT pg_notify($1, $2)' };

export interface InvalidationListener {
  /** Credentials with these tags have changed, in this or another process. */
  drop(tags: readonly string[]): void;
  /** Notifications may have been missed: everything must go. */
  flush(): void;
}

/**
 * Receives the revocations of all processes over one dedicated connection (LISTEN/NOTIFY).
 * When the connection is lost, it is made again and all caches are flushed, since PostgreSQL does not keep notifications;
 * until then the lifetime of cache entries bounds how long a revoked credential still works.
 */
export class InvalidationChannel {
  private readonly logger = new Logger('AuthInvalidation');
  private readonly listeners: InvalidationListener[] = [];
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private retryMilliseconds = FIRST_RETRY_MILLISECONDS;
  /** Whether there was ever a connection: while the database is not up yet, failures are logged as debug only. */
  private connected = false;
  /** The echo that has to arrive, and the timer after which it counts as lost. */
  private awaited = '';
  private proof: NodeJS.Timeout | undefined;
  private deaf = false;
  /** An echo has arrived on this connection. */
  private heard = false;
  private started = false;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly connections: Connections,
  ) {}

  /** Whether notifications arrive, as far as can be known: an echo did, on this connection, and none was missed since. */
  get isProven(): boolean {
    return this.heard && !this.deaf;
  }

  subscribe(listener: InvalidationListener): void {
    this.listeners.push(listener);
    if (this.started && this.listeners.length === 1) void this.connect();
  }

  /** Starts listening in the background once there is a listener; the boot does not wait for the database. */
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
    // On a silent network `end` never resolves.
    if (client)
      await Promise.race([client.end().catch(() => undefined), sleep(GOODBYE_MILLISECONDS, null, { ref: false })]);
  }

  /** Drops tags in this process, without waiting for the notification to arrive. */
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
    this.heard = true;
    if (!this.deaf) return;
    this.deaf = false;
    this.flush();
    this.logger.log('revocations of other processes are received again');
  }

  /**
   * A successful LISTEN proves nothing: behind a pooler it may have run in a database session that is given to others. So an echo is sent
   * on another connection, and must arrive here.
   */
  private async prove(): Promise<void> {
    const echo = ECHO + randomUUID();
    this.awaited = echo;
    try {
      await this.database.query(SEND_ECHO, [INVALIDATION_CHANNEL, echo]);
    } catch {
      // Callers that need the database report that it is away.
      return;
    }
    // The echo may have arrived before the statement that sent it returned.
    if (this.stopped || this.awaited !== echo) return;
    clearTimeout(this.proof);
    this.proof = setTimeout(() => this.miss(), ECHO_MILLISECONDS).unref();
  }

  private miss(): void {
    if (this.deaf || this.stopped || !this.client) return;
    this.deaf = true;
    this.logger.warn(
      'LISTEN succeeded, but notifications do not arrive: give the data source a direct address (a pooler in transaction mode keeps them ' +
        'from us). Until then this process notices revocations by other processes only after cacheTtl.',
    );
  }

  /** Queries regularly, because a network that went silent raises no error. One query at a time; `query_timeout` ends it. */
  private beat(client: Client): void {
    clearInterval(this.heartbeat);
    let isPending = false;
    this.heartbeat = setInterval(() => {
      if (isPending) return;
      isPending = true;
      client
        .query('SELECT 1')
        .then(() => this.prove())
        .catch((error: unknown) => this.lost(client, error))
        .finally(() => (isPending = false));
    }, HEARTBEAT_MILLISECONDS).unref();
  }

  private lost(client: Client | undefined, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = undefined;
    this.heard = false;
    clearInterval(this.heartbeat);
    clearTimeout(this.proof);
    client?.end().catch(() => undefined);
    this.flush();
    const message = `not receiving revocations, will reconnect: ${error instanceof Error ? error.message : String(error)}`;
    if (this.connected) this.logger.warn(message);
    else this.logger.debug(message);
    this.timer = setTimeout(() => void this.connect(), this.retryMilliseconds).unref();
    this.retryMilliseconds = Math.min(this.retryMilliseconds * 2, MAX_RETRY_MILLISECONDS);
  }

  private flush(): void {
    for (const listener of this.listeners) listener.flush();
  }
}
