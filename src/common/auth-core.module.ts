import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CommonModule } from './common.module.js';
import { Extensions } from './extensions.js';
import {
  AUTH_DATA_SOURCE,
  CORE_OPTIONS,
  DEFAULT_ROUTE_PREFIX,
  ROUTE_PREFIX,
  type AuthCoreOptions,
  type AuthStaticOptions,
} from './options/core-options.js';

export interface AuthCoreAsyncOptions extends AuthStaticOptions, Pick<ModuleMetadata, 'imports'> {
  readonly useFactory: (...dependencies: never[]) => AuthCoreOptions | Promise<AuthCoreOptions>;
  readonly inject?: FactoryProvider['inject'];
}

/**
 * Secret, issuer and data source, given once. Hosts that import single capabilities import this too;
 * `AuthModule.forRoot` does it for them.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), AccountsModule.forRoot({})];
 */
@Module({})
export class AuthCoreModule {
  constructor(extensions: Extensions) {
    // The extension is empty; its name makes a second import of this module a boot error.
    extensions.add({ name: 'core' });
  }

  static forRoot(options: AuthCoreOptions & AuthStaticOptions): DynamicModule {
    return AuthCoreModule.forRootAsync({
      routes: options?.routes,
      dataSource: options?.dataSource,
      useFactory: () => options,
    });
  }

  static forRootAsync(options: AuthCoreAsyncOptions): DynamicModule {
    const prefix = normalisePrefix(options.routes?.prefix ?? DEFAULT_ROUTE_PREFIX);
    return {
      module: AuthCoreModule,
      global: true,
      imports: [CommonModule, ...(options.imports ?? [])],
      providers: [
        {
          provide: CORE_OPTIONS,
          useFactory: options.useFactory as FactoryProvider['useFactory'],
          inject: options.inject ?? [],
        },
        {
          provide: AUTH_DATA_SOURCE,
          useFactory: requireDataSource,
          inject: [{ token: getDataSourceToken(options.dataSource), optional: true }],
        },
        { provide: ROUTE_PREFIX, useValue: prefix },
      ],
      exports: [CORE_OPTIONS, AUTH_DATA_SOURCE, ROUTE_PREFIX],
    };
  }
}

/** @throws Error without a data source, whichever capabilities there are; stops the boot */
function requireDataSource(source: DataSource | undefined): DataSource {
  if (source) return source;
  throw new Error(
    'There is no data source. Import TypeOrmModule.forRoot(authDataSource({ … })) in the root module, or name yours in dataSource. A server that only verifies tokens of others needs none: ResourceServerModule of nest-authority/resource-server.',
  );
}

/** @throws Error when the prefix is not a plain path; stops the boot */
export function normalisePrefix(prefix: string): string {
  if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(prefix)) {
    throw new Error(
      `routes.prefix: ${JSON.stringify(prefix)} is not a path. Give one such as '/api/auth', with a leading and without a trailing slash.`,
    );
  }
  return prefix;
}
