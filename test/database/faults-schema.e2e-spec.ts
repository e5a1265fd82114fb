import { TypeOrmModule } from '@nestjs/typeorm';
import { NestFactory } from '@nestjs/core';
import { Module, type INestApplication } from '@nestjs/common';
import { Column, DataSource, DefaultNamingStrategy, Entity, PrimaryColumn, type DataSourceOptions } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { authDataSource, AuthModule, authEntities, authMigrations, type AuthOptions } from '../../src/index.js';
import { createHttpAdapter } from '../support/adapter.js';
import { testOptions } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { connectSql } from '../support/sql-client.js';
import { refresh } from '../support/tokens.js';
import { signUp } from '../support/users.js';

@Entity({ name: 'report' })
class Report {
  @PrimaryColumn('text')
  id!: string;
  @Column('text')
  longTitle!: string;
}

/** The host's own, after ours and in the same transaction. */
class Reports1800000000000 implements MigrationInterface {
  readonly name = 'Reports1800000000000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE report (id text PRIMARY KEY, "longTitle" text)`);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE report`);
  }
}

/** As typeorm-naming-strategies has it. */
class SnakeCase extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined, prefixes: string[]): string {
    const name = customName ?? [...prefixes, propertyName].join('_');
    return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

class Plural extends DefaultNamingStrategy {
  override tableName(className: string, customName: string | undefined): string {
    return `${customName ?? className}s`;
  }
}

class Shouting extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined): string {
    return (customName ?? propertyName).toUpperCase();
  }
}

describe('F19: the tables and what the data source says of them', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const base = (): DataSourceOptions => authDataSource({ url: database.url, migrationsRun: true });

  async function boot(source: DataSourceOptions, auth: Partial<AuthOptions> = {}): Promise<INestApplication> {
    @Module({
      imports: [
        TypeOrmModule.forRoot({ ...source, retryAttempts: 0 }),
        AuthModule.forRoot(testOptions({ jwt: true, oauthProvider: {}, ...auth })),
      ],
    })
    class HostModule {}
    const app = await NestFactory.create(HostModule, createHttpAdapter(), { logger: false, abortOnError: false });
    try {
      await app.listen(0, '127.0.0.1');
      return app;
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  const urlOf = async (app: INestApplication) => (await app.getUrl()).replace('[::1]', 'localhost');

  async function run(text: string): Promise<Record<string, unknown>[]> {
    const sql = await connectSql(database.url);
    try {
      return await sql.run(text);
    } finally {
      await sql.close();
    }
  }

  it.each(['auth', 'Mixed Case'])('F19: schema %j is where our tables are', async (schema) => {
    await run(`CREATE SCHEMA "${schema}"`);
    const app = await boot({
      ...authDataSource({ url: database.url, schema, migrationsRun: true, entities: [Report] }),
      migrations: [...authMigrations(), Reports1800000000000],
    } as DataSourceOptions);
    try {
      const user = await signUp(await urlOf(app));
      expect((await refresh({ url: await urlOf(app) }, user.refreshToken)).status).toBe(200);
      expect((await send(`${await urlOf(app)}/api/auth/token`, { bearer: user.token })).status).toBe(200);
      const tables = await run(
        `SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'auth\\_%' AND schemaname NOT LIKE 'pg\\_%'`,
      );
      expect(tables).toEqual([{ schemaname: schema }]);
      // Its own SQL names no schema either, and goes where it went before.
      expect(await run(`SELECT schemaname FROM pg_tables WHERE tablename = 'report'`)).toEqual([
        { schemaname: 'public' },
      ]);
      const users = await app.get(DataSource).getRepository('AuthUser').count();
      expect(users).toBe(1);
    } finally {
      await app.close();
    }
  });

  it('F19: a naming strategy that leaves our names alone is welcome', async () => {
    const app = await boot({ ...base(), namingStrategy: new SnakeCase() });
    try {
      await signUp(await urlOf(app));
    } finally {
      await app.close();
    }
  });

  it.each([
    ['entityPrefix', { entityPrefix: 'app_' }],
    ['namingStrategy', { namingStrategy: new Plural() }],
    ['namingStrategy', { namingStrategy: new Shouting() }],
  ])('F19: %s that renames our tables stops the boot with a sentence', async (name, options) => {
    await expect(boot({ ...base(), ...options } as DataSourceOptions)).rejects.toThrow(
      new RegExp(`^${name} of the data source calls the (table|column) .*keep their names`),
    );
  });

  it('F19: migrations that were forgotten stop the boot and are named', async () => {
    await expect(boot(authDataSource({ url: database.url }))).rejects.toThrow(
      /lacks the migration Common1700000000100, .*the migration Users1700000000300.*migrationsRun/,
    );
  });

  it('F19: so does a single one, of a version that came later', async () => {
    await (await boot(base())).close();
    await run(`DELETE FROM migrations WHERE name LIKE 'OAuthProvider%'`);
    await expect(boot(authDataSource({ url: database.url }))).rejects.toThrow(
      /^The database lacks the migration OAuthProvider1700000000900\. Run/,
    );
  });

  it('F19: a data source without our migrations is asked for the tables', async () => {
    const without = { ...base(), migrations: [], migrationsRun: false } as DataSourceOptions;
    await expect(boot({ ...without, entities: authEntities() })).rejects.toThrow(/lacks the table auth_subject/);
    await expect(boot({ ...without, entities: [] })).rejects.toThrow(/lacks the table auth_subject/);
  });

  it.each([true, false])(
    'F23: a PostgreSQL before 13 stops the boot with a sentence, migrations named: %j',
    async (named) => {
      await (await boot(base())).close();
      const { pathname } = new URL(database.url);
      // No old server is at hand: this one says that it is old.
      await run(`CREATE SCHEMA old`);
      await run(`CREATE FUNCTION old.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT '120022' $$`);
      await run(`ALTER DATABASE "${pathname.slice(1)}" SET search_path = public, old, pg_catalog`);
      const source = named ? base() : ({ ...base(), migrations: [], migrationsRun: false } as DataSourceOptions);
      await expect(boot(source)).rejects.toThrow(
        /^The database is PostgreSQL 12, and the oldest that is served is 13\. /,
      );
      await (await boot(source, { checkMigrations: false })).close();
    },
  );

  it('F19: who starts without them says so; then requests are 503 until the tables are there', async () => {
    const app = await boot(authDataSource({ url: database.url }), { checkMigrations: false });
    try {
      const body = { email: 'ada@example.com', password: 'correct horse battery staple', name: 'Ada' };
      const url = `${await urlOf(app)}/api/auth/sign-up/email`;
      const refused = await send(url, { body });
      expect([refused.status, refused.body.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
      expect(refused.text).not.toMatch(/auth_|relation|migration/);
      await app.get(DataSource).runMigrations();
      expect((await send(url, { body })).status).toBe(200);
      await run(`ALTER TABLE auth_user DROP COLUMN name`);
      expect((await send(url, { body: { ...body, email: 'bob@example.com' } })).status).toBe(503);
    } finally {
      await app.close();
    }
  });

  it('F11: a database that cannot answer logs one line a request, and one stack', async () => {
    const app = await boot(authDataSource({ url: database.url }), { checkMigrations: false });
    const logged: unknown[][] = [];
    const keep = (...given: unknown[]) => void logged.push(given);
    app.useLogger({ log: () => undefined, warn: () => undefined, error: keep });
    try {
      const body = { email: 'ada@example.com', password: 'correct horse battery staple' };
      for (let round = 0; round < 5; round++)
        expect((await send(`${await urlOf(app)}/api/auth/sign-in/email`, { body })).status).toBe(503);
      expect(logged).toHaveLength(5);
      expect(logged.filter((given) => given.some((part) => /\n\s+at /.test(String(part))))).toHaveLength(1);
    } finally {
      await app.close();
    }
  });
});
