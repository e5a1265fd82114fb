import type { DataSourceOptions, MigrationInterface, MixedList } from 'typeorm';
import { ACCOUNT_LINKING_TABLES } from './account-linking/account-linking.schema.js';
import { ACCOUNTS_TABLES, SESSIONS_TABLES } from './accounts/accounts.schema.js';
import { API_KEYS_TABLES } from './api-keys/api-keys.schema.js';
import { CLIENT_CREDENTIALS_TABLES } from './client-credentials/client-credentials.schema.js';
import { COMMON_TABLES, KEY_TABLES } from './common/common.schema.js';
import { inSchema, markOwn } from './common/database/own-schema.js';
import { DEVICE_TABLES } from './device/device.schema.js';
import { OAUTH_PROVIDER_TABLES } from './oauth-provider/oauth-provider.schema.js';
import { PASSKEYS_TABLES } from './passkeys/passkeys.schema.js';
import { TWO_FACTOR_TABLES } from './two-factor/two-factor.schema.js';

type Class<T = object> = new () => T;

const wrapped = new Map<Class<MigrationInterface>, Class<MigrationInterface>>();

interface Tables {
  readonly entities: readonly Class[];
  readonly migrations: readonly Class<MigrationInterface>[];
}

/** Adds the signing keys to the tables of a capability that signs tokens. */
const withKeys = ({ entities, migrations }: Tables): Tables => ({
  entities: [...KEY_TABLES.entities, ...entities],
  migrations: [...KEY_TABLES.migrations, ...migrations],
});

/** One line per capability; `sessions` stands in place of `accounts` for hosts that bring their own users. */
const TABLES = {
  sessions: SESSIONS_TABLES,
  accounts: ACCOUNTS_TABLES,
  accountLinking: ACCOUNT_LINKING_TABLES,
  bearer: { entities: [], migrations: [] },
  apiKeys: API_KEYS_TABLES,
  clientCredentials: CLIENT_CREDENTIALS_TABLES,
  device: DEVICE_TABLES,
  jwt: withKeys({ entities: [], migrations: [] }),
  jwtBearer: { entities: [], migrations: [] },
  oauthProvider: withKeys(OAUTH_PROVIDER_TABLES),
  passkeys: PASSKEYS_TABLES,
  tokenExchange: { entities: [], migrations: [] },
  twoFactor: TWO_FACTOR_TABLES,
} satisfies Record<string, Tables>;

/** Names for `tables`: capabilities, or `sessions` in place of `accounts`. */
export type AuthTables = keyof typeof TABLES;
const ALL_TABLES = Object.keys(TABLES) as AuthTables[];

/**
 * Entities of these capabilities and of the kernel, for `entities` of the data source. Default: all.
 *
 * @example
 * TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL!, entities: authEntities(['accounts', 'bearer']) });
 */
export function authEntities(tables: readonly AuthTables[] = ALL_TABLES): Class[] {
  const entities = new Set(tablesOf(tables).flatMap((set) => set.entities));
  return [...markOwn([...entities])];
}

/**
 * Migrations of these capabilities and of the kernel, for `migrations` of the data source. Default: all.
 *
 * @example
 * new DataSource({ type: 'postgres', url: process.env.DATABASE_URL!, migrations: authMigrations(['accounts', 'bearer']) });
 */
export function authMigrations(tables: readonly AuthTables[] = ALL_TABLES): Class<MigrationInterface>[] {
  const migrations = new Set(tablesOf(tables).flatMap((set) => set.migrations));
  return [...markOwn([...migrations].map(inSchemaOnce))];
}

/** What {@link authDataSource} takes. */
export interface AuthDataSourceOptions {
  /** `postgres://…` */
  readonly url: string;
  /** Default: all of ours. */
  readonly tables?: readonly AuthTables[];
  /** Entities and migrations of the host, beside ours. */
  readonly entities?: MixedList<Function>;
  readonly migrations?: MixedList<Function>;
  /** Runs missing migrations at start. Default false. */
  readonly migrationsRun?: boolean;
  /** Most connections in the host's pool; this project's own pool has as many again. Default 10. */
  readonly poolSize?: number;
  /** Schema of all tables, ours and the host's. It must exist. Default: the first of the role's search path. */
  readonly schema?: string;
}

/**
 * Options for `TypeOrmModule.forRoot`: our entities and migrations beside the host's. They do not affect the host's own queries: this
 * project's statements run on a second pool of the same size, with its own time limits.
 *
 * @example
 * TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, entities: [Report], migrationsRun: true }));
 */
export function authDataSource(options: AuthDataSourceOptions): DataSourceOptions {
  return {
    type: 'postgres',
    url: options.url,
    ...(options.schema !== undefined && { schema: options.schema }),
    entities: [...authEntities(options.tables), ...listOf(options.entities)],
    migrations: [...authMigrations(options.tables), ...listOf(options.migrations)],
    migrationsRun: options.migrationsRun ?? false,
    synchronize: false,
    installExtensions: false,
    poolSize: options.poolSize ?? 10,
  };
}

/** Wraps each migration once, so that repeated calls return the same class. */
function inSchemaOnce(migration: Class<MigrationInterface>): Class<MigrationInterface> {
  const known = wrapped.get(migration) ?? inSchema(migration);
  wrapped.set(migration, known);
  return known;
}

function tablesOf(names: readonly AuthTables[]): Tables[] {
  return [COMMON_TABLES, ...names.map((name): Tables => TABLES[name])];
}

function listOf(list: MixedList<Function> | undefined): Function[] {
  return list === undefined ? [] : Object.values(list as Record<string, Function>);
}
