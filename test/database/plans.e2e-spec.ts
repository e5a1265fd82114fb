import { SessionStore } from '../../src/accounts/sessions/session.store.js';
import { ALWAYS } from '../../src/common/database/statement-part.js';
import { Extensions } from '../../src/common/extensions.js';
import { insertFamily } from '../../src/common/tokens/token.statements.js';
import { DeviceAuthorizationStore } from '../../src/device/authorizations/device-authorization.store.js';
import { AuthorizationCodeStore } from '../../src/oauth-provider/codes/authorization-code.store.js';
import type { Statement } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { pretendExpired, pretendMillions } from '../support/million-rows.js';
import { filesOf } from '../support/option-tables.js';
import { faultsOf, planOf } from '../support/plans.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';
import { liveStatements, writtenStatements } from '../support/statements.js';

/** Tables that do not grow with users, requests or time. */
const SMALL = new Set([
  'auth_signing_key', // a few keys for each algorithm; those that have retired long ago keep no private half
  'auth_client_document', // bounded by maxClients
  'auth_initial_access_token', // made one by one by administrators
]);

/** Acts for users, so that what is fetched for them ends with their credentials. */
const OUTBOUND = {
  providers: {
    idp: { kind: 'oauth', tokenEndpoint: 'https://idp.example/token', clientId: 'a', clientSecret: 'a secret' },
  },
  applications: { api: { provider: 'idp', scope: ['read'], onBehalfOf: 'token-exchange' } },
} as const;

/** Asked once, at the boot, of the catalogue and of TypeORM's table; made where they are sent. */
const AT_BOOT = ['auth_missing_tables', 'auth_migrations_run'];

/** better-auth's list of users for administrators: by offset, and with a count of all that fit. They grow by what they answer. */
const BY_OFFSET = ['auth_users_email_contains_createdAt_ASC', 'auth_users_email_contains_total'];

/**
 * Conditions that apply only if a value is given. PostgreSQL plans these statements for their values: a plan for all values would cost more,
 * and it compares. Here are the values of a user's own list.
 */
const OWN_KEYS = [`'user'`, `'user-1'`, 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL'];
const VALUES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^auth_api_key_list_/, [...OWN_KEYS, '100', '0']],
  [/^auth_api_key_count$/, OWN_KEYS],
  [/^auth_oauth_client_list$/, [`'user-1'`, 'NULL', '100', '0']],
  // As many rows as a batch has; three statements go on after a place.
  [/^auth_sweep_auth_(session|token_family|authorization_code)$/, ['1000', `'-infinity'`, `'${'0'.repeat(32)}'`]],
  [/^auth_sweep_auth_/, ['1000']],
  [/^auth_oauth_client_count$/, [`'user-1'`, 'NULL']],
];

/** Statements that may grow, with the reason. */
const MAY_GROW: Readonly<Record<string, string>> = {
  auth_token_forget_successors: 'an index for it would be written at every rotation',
  auth_device_list_pending: 'for a page of administrators; rows wait for minutes, and are swept',
  auth_device_count_pending: 'for the same page',
  auth_oauth_client_end_requests: 'for a client whose rules become stricter; rows wait for an hour, and are swept',
};

describe('growth: every named statement on tables of a million rows', () => {
  let host: TestApp;
  let sql: SqlClient;
  let statements: Statement[];

  beforeAll(async () => {
    // Loading the program runs it.
    const sources = filesOf('src', '.ts').filter((file) => !/\.spec\.ts$|command-line\/main\.ts$/.test(file));
    for (const file of sources) await import(`../../${file.replace(/\.ts$/, '.js')}`);
    const auth = {
      apiKeys: true,
      accountLinking: true,
      clientCredentials: { outbound: OUTBOUND },
      device: true,
      jwt: true,
      oauthProvider: {},
    };
    host = await createTestApp({ auth: { ...auth, sweep: { enabled: false } } });
    for (const holder of [ALWAYS, host.app.get(SessionStore).holding('', '')]) {
      const spends = [
        host.app.get(AuthorizationCodeStore).spending(''),
        host.app.get(DeviceAuthorizationStore).consuming(''),
      ];
      for (const spend of [ALWAYS, ...spends]) insertFamily(holder, spend);
    }
    // A task may make its statement when it is asked for it.
    const sweeps = host.app.get(Extensions).sweeps.map(({ statement }) => statement);
    const found = [...liveStatements(), ...sweeps].filter(({ name }) => !AT_BOOT.includes(name));
    statements = [...new Map(found.map((one) => [one.name, one])).values()];
    sql = await connectSql(host.databaseUrl);
    await pretendMillions(sql, SMALL);
  });
  afterAll(async () => {
    await sql.close();
    await host.close();
  });

  const valuesOf = (name: string) => VALUES.find(([pattern]) => pattern.test(name))?.[1];

  it('none is missing: whatever in the source has a name and a text is among them', () => {
    const missing = writtenStatements().filter((pattern) => !statements.some(({ name }) => pattern.test(name)));
    expect(missing.filter((pattern) => ![...AT_BOOT, ...BY_OFFSET].some((name) => pattern.test(name)))).toEqual([]);
    expect(statements.length).toBeGreaterThan(150);
  });

  it('each finds its rows by an index, and sorts no more than a few', async () => {
    const growing: Record<string, string[]> = {};
    for (const statement of statements) {
      const faults = faultsOf(await planOf(sql, statement, valuesOf(statement.name)), SMALL);
      if (faults.length > 0) growing[statement.name] = faults;
    }
    const unknown = Object.entries(growing).filter(([name]) => !(name in MAY_GROW));
    expect(unknown).toEqual([]);
    expect(Object.keys(MAY_GROW).filter((name) => !(name in growing))).toEqual([]);
  });

  it.each([
    ['a table that is read from end to end', 'SELECT id FROM auth_token WHERE scopes = $1', 'reads all of auth_token'],
    ['an index that is', 'SELECT count(id) FROM auth_token', 'reads all of auth_token'],
    ['a sort of all rows', 'SELECT id FROM auth_token ORDER BY created_at LIMIT 1', 'sorts 1000000 rows'],
  ])('the check sees %s', async (_name, text, fault) => {
    const plan = await planOf(sql, { name: 'auth_seen', text });
    expect(faultsOf(plan, SMALL)).toContainEqual(expect.stringContaining(fault));
  });

  it('T120 the sweeper goes by an index also when most rows have expired: it does not read over what it has deleted', async () => {
    await pretendExpired(sql, SMALL);
    const found: Record<string, string[]> = {};
    // Not that of API keys: those are kept for long, and few of them end.
    for (const statement of statements.filter(({ name }) => /^auth_sweep_auth_(?!api_key)/.test(name))) {
      const faults = faultsOf(await planOf(sql, statement, valuesOf(statement.name)), SMALL);
      if (faults.length > 0) found[statement.name] = faults;
    }
    expect(found).toEqual({});
  });
});
