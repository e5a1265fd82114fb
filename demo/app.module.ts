import { Global, Module, type DynamicModule } from '@nestjs/common';
import { authDataSource, AuthModule } from 'nest-authority';
import { DataSource } from 'typeorm';
import { AdminTokenGuard } from './admin-token.guard.js';
import type { DemoConfig } from './config.js';
import { DOWNSTREAM, DownstreamController } from './downstream.controller.js';
import { DemoDatabase } from './database.js';
import { HealthController } from './health.controller.js';
import { Lifecycle } from './lifecycle.js';
import { PingController } from './ping.controller.js';

const OPENID_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

/**
 * Provides the data source without connecting it: `TypeOrmModule.forRoot` would delay the start until the database answers. A host that may
 * wait for its database imports `TypeOrmModule.forRoot(authDataSource({ url }))` instead.
 */
@Global()
@Module({})
class DataSourceModule {
  static forRoot(url: string): DynamicModule {
    // `/ready` queries on the host's own pool, and a load balancer does not wait.
    const extra = { connectionTimeoutMillis: 2_000, query_timeout: 2_500 };
    const dataSource = new DataSource({ ...authDataSource({ url }), extra });
    return {
      module: DataSourceModule,
      providers: [{ provide: DataSource, useValue: dataSource }],
      exports: [DataSource],
    };
  }
}

@Module({})
export class AppModule {
  static forRoot(config: DemoConfig, databaseUrl: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DataSourceModule.forRoot(databaseUrl),
        AuthModule.forRoot({
          issuer: config.issuer,
          secret: config.secrets,
          trustProxy: config.trustProxy,
          rateLimits: config.rateLimits,
          allowPrivateNetwork: config.allowPrivateNetwork,
          ...(config.adminToken !== null && { administration: { guard: new AdminTokenGuard(config.adminToken) } }),
          accounts: { session: { scopes: ['read:data', 'write:data'] } },
          bearer: { refreshToken: { enabled: true } },
          accountLinking: { providers: config.providers },
          apiKeys: {
            prefix: 'sk_',
            enableSessionForAPIKeys: true,
            maxScopes: ['read:data', 'write:data', 'reports:read'],
            configurations: [{ configId: 'test', prefix: 'sk_test_' }],
          },
          device: {},
          jwt: {
            audience: ['https://external-api.com'],
            customClaims: ({ user }) => ({ role: user['role'] ?? 'user' }),
            setAuthJwt: true,
          },
          oauthProvider: {
            scopes: [...OPENID_SCOPES, 'read:data', 'write:data', 'reports:read'],
            oauth21: config.oauth21,
            dynamicRegistration: config.dynamicRegistration,
            requestObjects: true,
          },
          clientCredentials: { outbound: config.outbound.options },
        }),
      ],
      controllers: [PingController, HealthController, DownstreamController],
      providers: [{ provide: DOWNSTREAM, useValue: config.outbound.downstream }, DemoDatabase, Lifecycle],
    };
  }
}
