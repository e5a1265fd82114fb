import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { AccountLinkingModule } from './account-linking/account-linking.module.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { blockOf, checkOptions, enabledCapabilities, type AuthCapability, type AuthOptions } from './auth.options.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { BearerModule } from './bearer/bearer.module.js';
import { ClientCredentialsModule } from './client-credentials/client-credentials.module.js';
import { AuthCoreModule } from './common/auth-core.module.js';
import { DeviceModule } from './device/device.module.js';
import { JwtModule } from './jwt/jwt.module.js';
import { JwtBearerModule } from './jwt-bearer/jwt-bearer.module.js';
import { OAuthProviderModule } from './oauth-provider/oauth-provider.module.js';
import { PasskeysModule } from './passkeys/passkeys.module.js';
import type { AuthStaticOptions } from './common/options/core-options.js';
import { TokenExchangeModule } from './token-exchange/token-exchange.module.js';
import { TwoFactorModule } from './two-factor/two-factor.module.js';

/** Makes the options; for `useClass` and `useExisting`. */
export interface AuthOptionsFactory {
  createAuthOptions(): AuthOptions | Promise<AuthOptions>;
}

/** For `forRootAsync`. Give one of `useFactory`, `useClass` and `useExisting`. */
export interface AuthAsyncOptions extends AuthStaticOptions, Pick<ModuleMetadata, 'imports'> {
  /** Capabilities to build; Nest makes modules before the factory has run. Default: accounts and bearer. */
  readonly capabilities?: readonly AuthCapability[];
  readonly useFactory?: (...dependencies: never[]) => AuthOptions | Promise<AuthOptions>;
  readonly useClass?: Type<AuthOptionsFactory>;
  readonly useExisting?: Type<AuthOptionsFactory>;
  readonly inject?: FactoryProvider['inject'];
}

const AUTH_OPTIONS = Symbol('nest-authority:options');

/** The arguments that the async registrations of all capabilities share. */
interface Shared extends AuthStaticOptions {
  readonly imports: DynamicModule[];
  readonly inject: symbol[];
}

const block =
  <Name extends AuthCapability>(name: Name) =>
  (options: AuthOptions) =>
    blockOf(options, name);

/** The table of capabilities. To remove one, delete its line here, its lines in auth.options.ts and auth.schema.ts, and its folder. */
const MODULES: Readonly<Record<AuthCapability, (shared: Shared) => DynamicModule>> = {
  accounts: (shared) => AccountsModule.forRootAsync({ ...shared, useFactory: block('accounts') }),
  accountLinking: (shared) => AccountLinkingModule.forRootAsync({ ...shared, useFactory: block('accountLinking') }),
  bearer: (shared) => BearerModule.forRootAsync({ ...shared, useFactory: block('bearer') }),
  apiKeys: (shared) => ApiKeysModule.forRootAsync({ ...shared, useFactory: block('apiKeys') }),
  clientCredentials: (shared) =>
    ClientCredentialsModule.forRootAsync({ ...shared, useFactory: block('clientCredentials') }),
  device: (shared) => DeviceModule.forRootAsync({ ...shared, useFactory: block('device') }),
  jwt: (shared) => JwtModule.forRootAsync({ ...shared, useFactory: block('jwt') }),
  jwtBearer: (shared) => JwtBearerModule.forRootAsync({ ...shared, useFactory: block('jwtBearer') }),
  oauthProvider: (shared) => OAuthProviderModule.forRootAsync({ ...shared, useFactory: block('oauthProvider') }),
  passkeys: (shared) => PasskeysModule.forRootAsync({ ...shared, useFactory: block('passkeys') }),
  tokenExchange: (shared) => TokenExchangeModule.forRootAsync({ ...shared, useFactory: block('tokenExchange') }),
  twoFactor: (shared) => TwoFactorModule.forRootAsync({ ...shared, useFactory: block('twoFactor') }),
};

/**
 * All capabilities in one module. Import it in the root module, beside TypeOrmModule.
 *
 * @example
 * const imports = [
 *   TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL! })),
 *   AuthModule.forRoot({ issuer: 'https://app.example.com', secret: process.env.AUTH_SECRET!, apiKeys: true }),
 * ];
 */
@Module({})
export class AuthModule {
  /** @throws Error naming the option, the fault and the remedy, when an option is wrong */
  static forRoot(options: AuthOptions): DynamicModule {
    const capabilities = enabledCapabilities(options ?? {});
    return AuthModule.build({
      routes: options?.routes,
      dataSource: options?.dataSource,
      capabilities,
      useFactory: () => options,
    });
  }

  /** As `forRoot`, with options from a factory, a class or an existing provider. */
  static forRootAsync(options: AuthAsyncOptions): DynamicModule {
    return AuthModule.build({ ...options, capabilities: options.capabilities ?? enabledCapabilities({}) });
  }

  private static build(options: AuthAsyncOptions & { capabilities: readonly AuthCapability[] }): DynamicModule {
    const holder: DynamicModule = {
      module: AuthOptionsHolder,
      imports: options.imports ?? [],
      providers: optionsProviders(options),
      exports: [AUTH_OPTIONS],
    };
    const { routes, dataSource } = options;
    const shared = { routes, imports: [holder], inject: [AUTH_OPTIONS] };
    const modules = options.capabilities.map((name) => MODULES[name](shared));
    const core = AuthCoreModule.forRootAsync({
      ...shared,
      dataSource,
      useFactory: (resolved: AuthOptions) => resolved,
    });
    // Global, so that any service of the host may inject SessionsService, UsersService and the like.
    return { module: AuthModule, global: true, imports: [core, ...modules], exports: modules };
  }
}

/** Provides the options to the factory of every capability. */
@Module({})
class AuthOptionsHolder {}

function optionsProviders(options: AuthAsyncOptions & { capabilities: readonly AuthCapability[] }): Provider[] {
  const check = (given: AuthOptions) => checkOptions(given, options.capabilities);
  if (options.useFactory) {
    const useFactory = options.useFactory as (...dependencies: unknown[]) => AuthOptions | Promise<AuthOptions>;
    return [
      {
        provide: AUTH_OPTIONS,
        useFactory: async (...dependencies: unknown[]) => check(await useFactory(...dependencies)),
        inject: options.inject ?? [],
      },
    ];
  }
  const factory = options.useClass ?? options.useExisting;
  if (!factory) throw new Error('AuthModule.forRootAsync: give one of useFactory, useClass and useExisting.');
  const provider: Provider = {
    provide: AUTH_OPTIONS,
    useFactory: async (made: AuthOptionsFactory) => check(await made.createAuthOptions()),
    inject: [factory],
  };
  return options.useClass ? [options.useClass, provider] : [provider];
}
