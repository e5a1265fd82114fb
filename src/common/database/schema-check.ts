import { Logger } from '@nestjs/common';
import { getMetadataArgsStorage, type DataSource, type EntityMetadata } from 'typeorm';
import { AuthError } from '../errors/auth-error.js';
import { sqlState } from './database-errors.js';
import type { Database } from './database.js';
import { isOwn } from './own-schema.js';

const UNDEFINED_TABLE = '42P01';
/** Tables that every host has. */
const KERNEL_TABLES = ['auth_subject', 'auth_token_family', 'auth_token', 'auth_rate_limit'];

/** The first version with a built-in `gen_random_uuid()`. */
const OLDEST_VERSION = 13;
const VERSION = `current_setting('server_version_num')::int AS version`;

interface Found {
  /** e.g. 160004 */
  readonly version: number;
  readonly names: readonly string[];
}

/** Checks once, at boot, whether the database fits our statements: its version, tables and migrations. */
export class SchemaCheck {
  private readonly logger = new Logger('SchemaCheck');

  /** @internal */
  constructor(
    private readonly dataSource: DataSource,
    private readonly database: Database,
    private readonly enabled: boolean,
  ) {}

  /**
   * A database that cannot be reached does not stop the boot; one that answers and lacks our tables does.
   * @throws Error naming the option or the migrations, and the remedy; stops the boot
   */
  async run(): Promise<void> {
    if (!this.dataSource.isInitialized) return;
    const own = this.dataSource.entityMetadatas.filter(({ target }) => isOwn(target));
    for (const metadata of own) requireOwnNames(metadata);
    this.tellOfNamesakes(own);
    if (!this.enabled) return;
    const missing = await this.missing(own).catch((error: unknown) => {
      if (error instanceof AuthError && error.status === 503) return [];
      throw error;
    });
    if (missing.length === 0) return;
    throw new Error(
      `The database lacks ${missing.join(', ')}. Run the migrations (npx nest-authority migrate up, migrationsRun: true, or typeorm migration:run), or, to start without ` +
        'them all the same, set checkMigrations: false.',
    );
  }

  /** Warns of host entities with our names: TypeORM finds an entity by class reliably, but by name the first match. */
  private tellOfNamesakes(own: readonly EntityMetadata[]): void {
    const names = new Set(own.map(({ name }) => name));
    const namesakes = this.dataSource.entityMetadatas.filter(({ name, target }) => names.has(name) && !isOwn(target));
    for (const { name, tableName } of namesakes)
      this.logger.warn(
        `The data source has two entities called ${name}: this project's, and the host's of the table ${tableName}. Relations and repositories ` +
          `that ask for '${name}' by name may get either. Ask by class, rename the host's, or give this project a data source of its own (option dataSource).`,
      );
  }

  /** The migrations that have not run, if the data source lists ours; otherwise the missing tables. */
  private async missing(own: readonly EntityMetadata[]): Promise<string[]> {
    const wanted = this.dataSource.migrations
      .filter((one) => isOwn(one.constructor))
      .map(({ constructor }) => constructor.name);
    if (wanted.length > 0) return this.pending(wanted);
    const tables = [...new Set([...KERNEL_TABLES, ...own.map(({ tableName }) => tableName)])];
    const [found] = await this.database.query<Found>(
      {
        name: 'auth_missing_tables',
        text: `SELECT ${VERSION}, ARRAY(SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NULL) AS names`,
      },
      [tables],
    );
    requireVersion(found!.version);
    return found!.names.map((name) => `the table ${name}`);
  }

  private async pending(wanted: readonly string[]): Promise<string[]> {
    const table = this.dataSource.options.migrationsTableName ?? 'migrations';
    const statement = {
      name: 'auth_migrations_run',
      text: `SELECT ${VERSION}, ARRAY(SELECT name::text FROM ${quoted(table)} WHERE name = ANY($1)) AS names`,
    };
    const [found] = await this.database.query<Found>(statement, [wanted]).catch((error: unknown) => {
      if (sqlState((error as AuthError).cause) === UNDEFINED_TABLE) return [];
      throw error;
    });
    if (found) requireVersion(found.version);
    const run = new Set(found?.names);
    return wanted.filter((name) => !run.has(name)).map((name) => `the migration ${name}`);
  }
}

function requireVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major >= OLDEST_VERSION) return;
  throw new Error(
    `The database is PostgreSQL ${major}, and the oldest that is served is ${OLDEST_VERSION}. Move it to a newer one, or give another data source ` +
      '(option dataSource).',
  );
}

/** Our statements use the names declared in the entities, so a prefix or a naming strategy must not change them. */
function requireOwnNames(metadata: EntityMetadata): void {
  const { tables, columns } = getMetadataArgsStorage();
  const table = tables.find(({ target }) => target === metadata.target)?.name;
  const renamed =
    table !== metadata.tableName
      ? `the table ${table} ${metadata.tableName}`
      : metadata.columns
          .filter(({ propertyName, databaseName }) => {
            const declared = columns.find((one) => one.target === metadata.target && one.propertyName === propertyName);
            return declared && (declared.options.name ?? propertyName) !== databaseName;
          })
          .map(({ propertyName, databaseName }) => `the column ${propertyName} of ${table} ${databaseName}`)[0];
  if (renamed === undefined) return;
  const option = metadata.dataSource.options.entityPrefix ? 'entityPrefix' : 'namingStrategy';
  throw new Error(
    `${option} of the data source calls ${renamed}; this project's tables keep their names. Leave it out, or give this project a data source ` +
      'of its own (option dataSource); to keep its tables apart use schema.',
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
