import { Injectable, Logger } from '@nestjs/common';
import { AuthError, authDataSource, OAuthClientsService, UsersService } from 'nest-authority';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { DemoConfig } from './config.js';

const RETRY_MILLISECONDS = 1_000;
const LOCK_RETRY_MILLISECONDS = 200;
/** Longest statement of a migration; after it a silent network is given up. */
const MIGRATION_MILLISECONDS = 10_000;
const STOP_MILLISECONDS = 2_000;
/** What exists from the start. */
type Seeds = Pick<DemoConfig, 'users' | 'clients'>;
/** Advisory lock: one node migrates and seeds, the others wait. */
const LOCK_KEY = 4_127_331;

/**
 * Connects, migrates and seeds in the background, again and again until it works: the demo starts without the database, reports that at
 * `/ready`, and recovers by itself.
 */
@Injectable()
export class DemoDatabase {
  private readonly logger = new Logger('Database');
  private readonly seedLogger = new Logger('Seeds');
  private prepared = false;
  private stopped = false;
  private work: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly clients: OAuthClientsService,
  ) {}

  start(url: string, seeds: Seeds): void {
    this.work = this.prepareUntilDone(url, seeds);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    // Closing a connection on a silent network never finishes; the process ends without it.
    await Promise.race([this.disconnect(), sleep(STOP_MILLISECONDS)]);
  }

  /** Whether requests that need the database can be served now. */
  async isReady(): Promise<boolean> {
    if (!this.prepared || this.stopped) return false;
    try {
      await this.dataSource.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  private async disconnect(): Promise<void> {
    await this.work;
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async prepareUntilDone(url: string, seeds: Seeds): Promise<void> {
    for (let said = ''; !this.stopped && !this.prepared;) {
      try {
        await this.prepare(url, seeds);
        this.prepared = true;
      } catch (error) {
        const reason = error instanceof Error ? error.message || error.constructor.name : String(error);
        if (reason !== said) this.logger.warn(`not ready, will keep trying: ${reason}`);
        said = reason;
        await sleep(RETRY_MILLISECONDS);
      }
    }
  }

  private async prepare(url: string, seeds: Seeds): Promise<void> {
    // A data source of its own: migrations may take longer than a request, and one connection holds the lock meanwhile.
    const migrator = new DataSource({
      ...authDataSource({ url, poolSize: 2 }),
      extra: { connectionTimeoutMillis: 5_000, query_timeout: MIGRATION_MILLISECONDS, keepAlive: true },
    });
    await migrator.initialize();
    try {
      const lock = migrator.createQueryRunner();
      try {
        await this.takeLock((sql) => lock.query(sql) as Promise<{ locked: boolean }[]>);
        await migrator.runMigrations({ transaction: 'each' });
        if (!this.dataSource.isInitialized) await this.dataSource.initialize();
        for (const user of seeds.users) await this.users.seed(user);
        for (const client of seeds.clients) await this.put(client);
      } finally {
        await lock.release();
      }
    } finally {
      // Closing the connection releases the lock.
      await Promise.race([migrator.destroy(), sleep(STOP_MILLISECONDS)]);
    }
  }

  /** A client that is refused for good is logged and left out: retrying would not help, and the other clients should not wait for it. */
  private async put(client: Seeds['clients'][number]): Promise<void> {
    try {
      await this.clients.seed([client]);
    } catch (error) {
      if (!(error instanceof Error) || !(error.cause instanceof AuthError)) throw error;
      this.seedLogger.error(`refused, and left out: ${error.message}`);
    }
  }

  private async takeLock(query: (sql: string) => Promise<{ locked: boolean }[]>): Promise<void> {
    while (!this.stopped) {
      const [row] = await query(`SELECT pg_try_advisory_lock(${LOCK_KEY}) AS locked`);
      if (row?.locked) return;
      await sleep(LOCK_RETRY_MILLISECONDS);
    }
    throw new Error('stopped');
  }
}
