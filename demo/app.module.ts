import { Global, Module, type DynamicModule } from '@nestjs/common';
import { authDataSource, AuthModule } from 'nest-authority';
import { DataSource } from 'typeorm';
import { APP_FILTER } from '@nestjs/core';
import { ADMINISTRATION, AdministratorGuard, type Administration } from './administrator.guard.js';
import { DEMO_CONFIG, type DemoConfig } from './config.js';
import { DOWNSTREAM, DownstreamController } from './downstream.controller.js';
import { DemoDatabase } from './database.js';
import { HealthController } from './health.controller.js';
import { HomeController } from './home/home.controller.js';
import { LostBrowsersFilter } from './home/lost-browsers.filter.js';
import { Lifecycle } from './lifecycle.js';
import { Mailbox } from './mailbox/mailbox.js';
import { MailboxController } from './mailbox/mailbox.controller.js';
import { McpController } from './mcp/mcp.controller.js';
import { PingController } from './ping.controller.js';
import { TelevisionController } from './television/television.controller.js';
import { Televisions } from './television/television.js';

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
          ...(config.mailbox && { mail: Mailbox }),
          ...(isAdministered(config) && { administration: { guard: AdministratorGuard } }),
          pages: { name: 'Acme', links: [{ text: 'About this demo', href: '/' }] },
          accounts: {
            session: { scopes: ['read:data', 'write:data'] },
            // Where there is mail, it also signs in.
            ...(config.mailbox && { magicLink: { enabled: true }, emailCode: { enabled: true } }),
          },
          twoFactor: true,
          ...(config.passkeys && { passkeys: true }),
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
          resources: [
            {
              resource: `${config.issuer}/mcp`,
              name: 'Notes of the demo',
              scopes: ['read:data', 'write:data', 'offline_access'],
              minimumScopes: ['read:data'],
            },
          ],
          oauthProvider: {
            scopes: [...OPENID_SCOPES, 'read:data', 'write:data', 'reports:read'],
            oauth21: config.oauth21,
            dynamicRegistration: config.dynamicRegistration,
            clientMetadataDocuments: {},
            requestObjects: true,
          },
          clientCredentials: { outbound: config.outbound.options },
        }),
      ],
      controllers: [
        HomeController,
        TelevisionController,
        ...(config.mailbox ? [MailboxController] : []),
        PingController,
        HealthController,
        DownstreamController,
        McpController,
      ],
      providers: [
        { provide: DOWNSTREAM, useValue: config.outbound.downstream },
        { provide: DEMO_CONFIG, useValue: config },
        { provide: ADMINISTRATION, useValue: config },
        { provide: APP_FILTER, useClass: LostBrowsersFilter },
        AdministratorGuard,
        Mailbox,
        Televisions,
        DemoDatabase,
        Lifecycle,
      ],
    };
  }
}

function isAdministered({ administrators, adminToken }: Administration): boolean {
  return administrators.length > 0 || adminToken !== null;
}
