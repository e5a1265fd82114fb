import type { INestApplicationContext } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { enabledCapabilities } from '../../auth.options.js';
import type { AuthCapability, AuthOptions } from '../../index.js';
import { connect } from '../host/connect.js';
import { openContext } from '../host/open-context.js';
import { migrationsOf } from '../host/migrations.js';
import type { Host } from '../host/read-host.js';
import type { Io } from '../io.js';
import { Skipped } from './check.js';

/** What checks look at. Each part is opened once, by the first check that needs it; what fails to open skips those that need it. */
export class Patient {
  private connecting: Promise<DataSource> | undefined;
  private opening: Promise<INestApplicationContext> | undefined;

  constructor(
    private readonly host: Host,
    readonly io: Io,
  ) {}

  get options(): AuthOptions {
    return this.host.options;
  }

  has(capability: AuthCapability): boolean {
    return enabledCapabilities(this.options).includes(capability);
  }

  /** The issuer as an address. @throws Skipped when it is none */
  get issuer(): URL {
    const { issuer } = this.options;
    if (typeof issuer === 'string' && URL.canParse(issuer)) return new URL(issuer);
    throw new Skipped('The issuer is no address; see issuer.');
  }

  /** The database. @throws CommandFailure when it does not answer */
  async connect(): Promise<DataSource> {
    return (this.connecting ??= connect(this.host));
  }

  /** The database, for whoever only needs it. @throws Skipped when it does not answer */
  async database(): Promise<DataSource> {
    return this.connect().catch(() => {
      throw new Skipped('The database does not answer; see database.');
    });
  }

  /** The services, also when migrations are pending. @throws CommandFailure when the server would not start */
  async open(): Promise<INestApplicationContext> {
    return (this.opening ??= openContext(
      { ...this.host, options: { ...this.options, checkMigrations: false } },
      { ...this.io, err: () => undefined },
    ));
  }

  /** The services on their tables. @throws Skipped when one of them is not to be had */
  async services(): Promise<INestApplicationContext> {
    const migrations = await migrationsOf(await this.database());
    if (migrations.some(({ hasRun, owner }) => !hasRun && owner === 'nest-authority'))
      throw new Skipped('The tables are not ready; see migrations.');
    return this.open().catch(() => {
      throw new Skipped('The options are refused; see options.');
    });
  }

  async close(): Promise<void> {
    const context = await this.opening?.catch(() => undefined);
    await context?.close();
  }
}
