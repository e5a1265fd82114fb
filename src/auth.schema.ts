import type { DataSourceOptions, MigrationInterface, MixedList } from 'typeorm';
import { AuthLinkedAccount } from './account-linking/linked-accounts/linked-account.entity.js';
import { AccountLinking1700000000800 } from './account-linking/migrations/1700000000800-account-linking.js';
import { LinkStateBrowser1700000000810 } from './account-linking/migrations/1700000000810-link-state-browser.js';
import { LinkStateGrowth1700000000820 } from './account-linking/migrations/1700000000820-link-state-growth.js';
import { AuthLinkState } from './account-linking/states/link-state.entity.js';
import { Sessions1700000000200 } from './accounts/migrations/1700000000200-sessions.js';
import { SessionGrowth1700000000250 } from './accounts/migrations/1700000000250-session-growth.js';
import { OneTimeTokens1700000000240 } from './accounts/migrations/1700000000240-one-time-tokens.js';
import { KnownDevices1700000000270 } from './accounts/migrations/1700000000270-known-devices.js';
import { SessionMethods1700000000210 } from './accounts/migrations/1700000000210-session-methods.js';
import { SessionAuthentication1700000000260 } from './accounts/migrations/1700000000260-session-authentication.js';
import { OneTimeTokenAudience1700000000280 } from './accounts/migrations/1700000000280-one-time-token-audience.js';
import { Impersonation1700000000290 } from './accounts/migrations/1700000000290-impersonation.js';
import { UserSearch1700000000320 } from './accounts/migrations/1700000000320-user-search.js';
import { UserRoles1700000000310 } from './accounts/migrations/1700000000310-user-roles.js';
import { Users1700000000300 } from './accounts/migrations/1700000000300-users.js';
import { AuthOneTimeToken } from './accounts/one-time-tokens/one-time-token.entity.js';
import { AuthKnownDevice } from './accounts/sessions/known-device.entity.js';
import { AuthSession } from './accounts/sessions/session.entity.js';
import { AuthUser } from './accounts/users/user.entity.js';
import { AuthApiKey } from './api-keys/keys/api-key.entity.js';
import { AuthApiKeyUsage } from './api-keys/keys/api-key-usage.entity.js';
import { ApiKeyUsage1700000000430 } from './api-keys/migrations/1700000000430-api-key-usage.js';
import { ApiKeyGrowth1700000000420 } from './api-keys/migrations/1700000000420-api-key-growth.js';
import { ApiKeys1700000000400 } from './api-keys/migrations/1700000000400-api-keys.js';
import { Permits1700000000410 } from './api-keys/migrations/1700000000410-permits.js';
import { ClientCredentials1700000000700 } from './client-credentials/migrations/1700000000700-client-credentials.js';
import { AuthClientCredential } from './client-credentials/outbound/client-credential.entity.js';
import { SubjectDisabling1700000000271 } from './common/migrations/1700000000271-subject-disabling.js';
import { Common1700000000100 } from './common/migrations/1700000000100-common.js';
import { inSchema, markOwn } from './common/database/own-schema.js';
import { ClientEpoch1700000000610 } from './common/migrations/1700000000610-client-epoch.js';
import { RevokedJwts1700000000510 } from './common/migrations/1700000000510-revoked-jwts.js';
import { RevokedJwtGrowth1700000000520 } from './common/migrations/1700000000520-revoked-jwt-growth.js';
import { SigningKeys1700000000500 } from './common/migrations/1700000000500-signing-keys.js';
import { CommonGrowth1700000000650 } from './common/migrations/1700000000650-common-growth.js';
import { TokenContext1700000000600 } from './common/migrations/1700000000600-token-context.js';
import { AuthSigningKey } from './common/keys/signing-key.entity.js';
import { Mail1700000000660 } from './common/migrations/1700000000660-mail.js';
import { OneTimeSecrets1700000000670 } from './common/migrations/1700000000670-one-time-secrets.js';
import { AuthMail } from './common/mail/mail.entity.js';
import { AuthOneTimeSecret } from './common/one-time/one-time-secret.entity.js';
import { AuthRateLimit } from './common/limits/rate-limit.entity.js';
import { AuthSubject } from './common/subjects/subject.entity.js';
import { AuthRevokedJwt } from './common/tokens/revoked-jwt.entity.js';
import { AuthToken } from './common/tokens/token.entity.js';
import { AuthTokenFamily } from './common/tokens/token-family.entity.js';
import { AuthDeviceAuthorization } from './device/authorizations/device-authorization.entity.js';
import { Device1700000001000 } from './device/migrations/1700000001000-device.js';
import { DeviceGrowth1700000001010 } from './device/migrations/1700000001010-device-growth.js';
import { DeviceRoles1700000001020 } from './device/migrations/1700000001020-device-roles.js';
import { OAUTH_PROVIDER_TABLES } from './oauth-provider/oauth-provider.schema.js';
import { PASSKEYS_TABLES } from './passkeys/passkeys.schema.js';
import { AuthTwoFactorChallenge } from './two-factor/challenge/challenge.entity.js';
import { AuthBackupCode } from './two-factor/factors/backup-code.entity.js';
import { AuthTwoFactor } from './two-factor/factors/two-factor.entity.js';
import { TwoFactor1700000001100 } from './two-factor/migrations/1700000001100-two-factor.js';
import { AuthTrustedDevice } from './two-factor/trust/trusted-device.entity.js';

type Class<T = object> = new () => T;

const wrapped = new Map<Class<MigrationInterface>, Class<MigrationInterface>>();

interface Tables {
  readonly entities: readonly Class[];
  readonly migrations: readonly Class<MigrationInterface>[];
}

const COMMON: Tables = {
  entities: [AuthSubject, AuthTokenFamily, AuthToken, AuthRateLimit, AuthMail, AuthOneTimeSecret],
  migrations: [
    Common1700000000100,
    SubjectDisabling1700000000271,
    TokenContext1700000000600,
    ClientEpoch1700000000610,
    CommonGrowth1700000000650,
    Mail1700000000660,
    OneTimeSecrets1700000000670,
  ],
};
/** Adds the signing keys, and the JWTs that were revoked, to the tables of a capability that signs tokens. */
const withKeys = ({ entities, migrations }: Tables): Tables => ({
  entities: [AuthSigningKey, AuthRevokedJwt, ...entities],
  migrations: [SigningKeys1700000000500, RevokedJwts1700000000510, RevokedJwtGrowth1700000000520, ...migrations],
});

const SESSION_ENTITIES = [AuthSession, AuthOneTimeToken, AuthKnownDevice];
const SESSION_MIGRATIONS = [
  Sessions1700000000200,
  SessionMethods1700000000210,
  OneTimeTokens1700000000240,
  SessionGrowth1700000000250,
  SessionAuthentication1700000000260,
  KnownDevices1700000000270,
  OneTimeTokenAudience1700000000280,
  Impersonation1700000000290,
];
const ACCOUNT_MIGRATIONS = [...SESSION_MIGRATIONS, Users1700000000300, UserRoles1700000000310, UserSearch1700000000320];
const LINKING_MIGRATIONS = [AccountLinking1700000000800, LinkStateBrowser1700000000810, LinkStateGrowth1700000000820];

const API_KEY_MIGRATIONS = [
  ApiKeys1700000000400,
  Permits1700000000410,
  ApiKeyGrowth1700000000420,
  ApiKeyUsage1700000000430,
];

/** One line per capability; `sessions` stands in place of `accounts` for hosts that bring their own users. */
const TABLES = {
  sessions: { entities: SESSION_ENTITIES, migrations: SESSION_MIGRATIONS },
  accounts: { entities: [...SESSION_ENTITIES, AuthUser], migrations: ACCOUNT_MIGRATIONS },
  accountLinking: { entities: [AuthLinkedAccount, AuthLinkState], migrations: LINKING_MIGRATIONS },
  bearer: { entities: [], migrations: [] },
  apiKeys: { entities: [AuthApiKey, AuthApiKeyUsage], migrations: API_KEY_MIGRATIONS },
  clientCredentials: { entities: [AuthClientCredential], migrations: [ClientCredentials1700000000700] },
  device: {
    entities: [AuthDeviceAuthorization],
    migrations: [Device1700000001000, DeviceGrowth1700000001010, DeviceRoles1700000001020],
  },
  jwt: withKeys({ entities: [], migrations: [] }),
  oauthProvider: withKeys(OAUTH_PROVIDER_TABLES),
  passkeys: PASSKEYS_TABLES,
  twoFactor: {
    entities: [AuthTwoFactor, AuthBackupCode, AuthTwoFactorChallenge, AuthTrustedDevice],
    migrations: [TwoFactor1700000001100],
  },
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
  return [COMMON, ...names.map((name): Tables => TABLES[name])];
}

function listOf(list: MixedList<Function> | undefined): Function[] {
  return list === undefined ? [] : Object.values(list as Record<string, Function>);
}
