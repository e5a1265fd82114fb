import type { DynamicModule, INestApplication, NestApplicationOptions, NestModule, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { authDataSource, AuthModule, type AuthOptions, type AuthTables } from '../../src/index.js';
import { createHttpAdapter, type Adapter } from './adapter.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { createMigratedDatabase } from './migrated-database.js';

export type { Adapter };

export interface TestAppOptions {
  /** Default: what AUTH_HTTP_ADAPTER says. */
  readonly adapter?: Adapter;
  /** Replaces a new one, e.g. for an Express of the host's own. */
  readonly httpAdapter?: AbstractHttpAdapter;
  /** Merged over `testOptions()`. */
  readonly auth?: Partial<AuthOptions>;
  /** Replaces `AuthModule.forRoot(testOptions(auth))`. */
  readonly authModule?: DynamicModule;
  readonly imports?: (Type<NestModule> | Type | object)[];
  readonly controllers?: Type[];
  readonly providers?: object[];
  /** Tables to create; default all. */
  readonly tables?: readonly AuthTables[];
  readonly entities?: Function[];
  readonly migrations?: Function[];
  readonly poolSize?: number;
  /** Use this database instead of one of its own; it is not dropped at the end. */
  readonly databaseUrl?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** What the host passes to `NestFactory.create`: parsers, cookies, CORS … */
  readonly appOptions?: NestApplicationOptions;
  /** Host settings before `init`: global prefix, pipes, versioning … */
  readonly configure?: (app: INestApplication) => unknown;
}

export interface TestApp {
  readonly app: INestApplication;
  /** `http://127.0.0.1:<port>`; the server listens. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly dataSource: DataSource;
  /** SQL against the app's database. */
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export const TEST_ISSUER = 'http://localhost:3000';
export const TEST_SECRET = 'a secret for tests only, long enough 0123456789';

/** Options under which most tests run: refresh tokens on, limits by address off. */
export function testOptions(overrides: Partial<AuthOptions> = {}): AuthOptions {
  return {
    issuer: TEST_ISSUER,
    secret: TEST_SECRET,
    rateLimits: false,
    bearer: { refreshToken: { enabled: true } },
    ...overrides,
  };
}

function isConnectionTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.includes('connection timeout');
}

async function databaseOf({ databaseUrl, tables, migrations }: TestAppOptions): Promise<TestDatabase> {
  if (databaseUrl !== undefined) return { url: databaseUrl, drop: async () => undefined };
  return tables || migrations ? createTestDatabase() : createMigratedDatabase();
}

/** A host application on a database of its own, migrated, listening on a free port of 127.0.0.1. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = await databaseOf(options);
  const source = authDataSource({
    url: database.url,
    migrationsRun: true,
    poolSize: options.poolSize ?? 10,
    ...(options.tables && { tables: options.tables }),
    ...(options.entities && { entities: options.entities }),
    ...(options.migrations && { migrations: options.migrations }),
  });
  const moduleRef = await Test.createTestingModule({
    imports: [
      // A busy machine may exceed our time limits; the test must see any other failure of the boot.
      TypeOrmModule.forRoot({ ...source, retryAttempts: 5, retryDelay: 500, toRetry: isConnectionTimeout }),
      options.authModule ?? AuthModule.forRoot(testOptions(options.auth)),
      ...((options.imports ?? []) as Type[]),
    ],
    controllers: options.controllers ?? [],
    providers: (options.providers ?? []) as Type[],
  }).compile();
  const adapter = options.httpAdapter ?? createHttpAdapter(options.adapter);
  const app = moduleRef.createNestApplication(adapter, options.appOptions);
  app.useLogger(process.env['TEST_LOG'] ? ['error', 'warn', 'debug'] : false);
  options.configure?.(app);
  try {
    await app.listen(options.port ?? 0, '127.0.0.1');
  } catch (error) {
    // A boot that is meant to fail must not leave a pool behind: it would keep jest alive.
    await app.close();
    await database.drop();
    throw error;
  }
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const dataSource = app.get(DataSource);
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    databaseUrl: database.url,
    dataSource,
    sql: (text, values) => dataSource.query(text, values),
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}
