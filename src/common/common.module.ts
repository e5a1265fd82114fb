import {
  Global,
  Inject,
  Module,
  Optional,
  type OnApplicationBootstrap,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { BACKGROUND_WORK } from './background.js';
import { AuthCaches } from './cache/auth-caches.js';
import { messageProviders } from './calls/message.providers.js';
import { Clock } from './clock.js';
import { Connections } from './database/connections.js';
import { Database } from './database/database.js';
import { InvalidationChannel } from './database/invalidation.js';
import { SchemaCheck } from './database/schema-check.js';
import { AuthEvents } from './events/auth-events.js';
import { extensionProviders } from './extension.providers.js';
import { Extensions } from './extensions.js';
import { TokenEndpoint } from './grants/token-endpoint.js';
import { AdministrationGuard } from './guards/administration.js';
import { AuthGuard } from './guards/auth.guard.js';
import { BrowserSession } from './guards/browser-session.js';
import { guardProviders } from './guards/guard.providers.js';
import { StepUpPages } from './guards/step-up-pages.js';
import { AuthContext } from './ports/auth-context.js';
import { HostPorts } from './ports/port.js';
import { AccountArea } from './http/areas/account-area.js';
import { AdministrationArea } from './http/areas/administration-area.js';
import { SecretReveal } from './http/areas/secret-reveal.js';
import { SingleForms } from './http/areas/single-forms.js';
import { AuthErrorFilter } from './http/edge/auth-error.filter.js';
import { PageWriter } from './http/pages/page-writer.js';
import { AuthRoutes } from './http/routes/auth-routes.js';
import { TrustedOrigins } from './http/origins/trusted-origins.js';
import { ClientAddress } from './http/request/client-address.js';
import { ClientCertificates } from './http/request/client-certificates.js';
import { AuthCookies } from './http/request/cookies.js';
import { Cors } from './http/edge/cors.js';
import { AuthEdge } from './http/edge/edge.js';
import { standBesideGlobals } from './http/edge/host-globals.js';
import { RootRoutes } from './http/edge/root-routes.js';
import { SignInContinuations } from './ports/sign-in-continuations.js';
import { liveProviders } from './live/live.providers.js';
import { signingKeyProviders } from './keys/signing-key.providers.js';
import { mailProviders } from './mail/mail.providers.js';
import { oneTimeProviders } from './one-time/one-time.providers.js';
import { RateLimits } from './limits/rate-limits.js';
import { AUTH_DATA_SOURCE, CORE_OPTIONS, CORE_SETTINGS, resolveCoreOptions } from './options/core-options.js';
import type { CoreSettings } from './options/core-options.js';
import { TRANSPORTS_SETTINGS } from './options/transport-options.js';
import { outboundProviders } from './outbound/outbound.providers.js';
import { socketProviders } from './sockets/socket.providers.js';
import { AcrLadder } from './principal/acr-ladder.js';
import { SecretBox } from './secrets/secret-box.js';
import { SubjectLifecycle } from './subjects/subject.lifecycle.js';
import { SubjectStore } from './subjects/subject.store.js';
import { Readers } from './texts/readers.js';
import { Sweeper } from './sweeper/sweeper.js';
import { dpopProviders } from './dpop/dpop.providers.js';
import { tokenProviders } from './tokens/token.providers.js';
import { TokenRevoker } from './tokens/token.revoker.js';

/** Providers of the kernel. Most of its classes know nothing of Nest, so a factory builds them. */
const kernel: Provider[] = [
  // Optional, so that a forgotten core module gives our message and not Nest's "unresolved dependency".
  { provide: CORE_SETTINGS, useFactory: resolveCoreOptions, inject: [{ token: CORE_OPTIONS, optional: true }] },
  {
    provide: TRANSPORTS_SETTINGS,
    useFactory: ({ transports }: CoreSettings) => transports,
    inject: [CORE_SETTINGS],
  },
  {
    provide: AcrLadder,
    useFactory: ({ acr }: CoreSettings) => new AcrLadder(acr),
    inject: [CORE_SETTINGS],
  },
  Clock,
  HostPorts,
  AuthCaches,
  AuthEvents,
  AuthContext,
  AuthRoutes,
  Cors,
  TrustedOrigins,
  AuthEdge,
  {
    provide: Connections,
    useFactory: (_settings: CoreSettings, source: DataSource) => new Connections(source),
    inject: [CORE_SETTINGS, { token: AUTH_DATA_SOURCE, optional: true }],
  },
  { provide: Database, useFactory: (connections: Connections) => new Database(connections), inject: [Connections] },
  {
    provide: SchemaCheck,
    useFactory: (settings: CoreSettings, source: DataSource, database: Database) =>
      new SchemaCheck(source, database, settings.checkMigrations),
    inject: [CORE_SETTINGS, { token: AUTH_DATA_SOURCE, optional: true }, Database],
  },
  {
    provide: InvalidationChannel,
    useFactory: (database: Database, connections: Connections) => new InvalidationChannel(database, connections),
    inject: [Database, Connections],
  },
  ...liveProviders,
  {
    provide: SecretBox,
    useFactory: (settings: CoreSettings) => new SecretBox(settings.secrets),
    inject: [CORE_SETTINGS],
  },
  {
    provide: AuthCookies,
    useFactory: (settings: CoreSettings, box: SecretBox) => new AuthCookies(settings, box),
    inject: [CORE_SETTINGS, SecretBox],
  },
  {
    provide: PageWriter,
    useFactory: (settings: CoreSettings, cookies: AuthCookies, readers: Readers, routes: AuthRoutes) =>
      new PageWriter(settings, cookies, readers, () =>
        routes.mounted.find('/account', 'GET') === undefined ? null : routes.publicPathOf('/account'),
      ),
    inject: [CORE_SETTINGS, AuthCookies, Readers, AuthRoutes],
  },
  ...mailProviders,
  ...oneTimeProviders,
  ...outboundProviders,
  ...messageProviders,
  {
    provide: ClientAddress,
    useFactory: (settings: CoreSettings) => new ClientAddress(settings.trustProxy),
    inject: [CORE_SETTINGS],
  },
  {
    provide: ClientCertificates,
    useFactory: ({ mtls }: CoreSettings, addresses: ClientAddress, clock: Clock) =>
      new ClientCertificates(mtls, addresses, clock),
    inject: [CORE_SETTINGS, ClientAddress, Clock],
  },
  {
    provide: RateLimits,
    useFactory: (database: Database, settings: CoreSettings) => new RateLimits(database, settings.rateLimits),
    inject: [Database, CORE_SETTINGS],
  },
  {
    provide: Sweeper,
    useFactory: (database: Database, extensions: Extensions, settings: CoreSettings) =>
      new Sweeper(database, extensions, settings.sweep),
    inject: [Database, Extensions, CORE_SETTINGS],
  },
  ...guardProviders,
  ...tokenProviders,
  ...dpopProviders,
  ...signingKeyProviders,
  { provide: SubjectStore, useFactory: (database: Database) => new SubjectStore(database), inject: [Database] },
  {
    provide: SubjectLifecycle,
    useFactory: (
      database: Database,
      subjects: SubjectStore,
      revoker: TokenRevoker,
      extensions: Extensions,
      events: AuthEvents,
    ) => new SubjectLifecycle(database, subjects, revoker, extensions, events),
    inject: [Database, SubjectStore, TokenRevoker, Extensions, AuthEvents],
  },
];

const edges: Provider[] = [
  AuthGuard,
  AdministrationGuard,
  AuthErrorFilter,
  RootRoutes,
  SignInContinuations,
  TokenEndpoint,
  BrowserSession,
  StepUpPages,
  AccountArea,
  AdministrationArea,
  SecretReveal,
  SingleForms,
];

/**
 * The kernel, provided once. Global, because Nest builds a guard in the module of the controller it guards. That module may be the
 * host's, and must see everything the guard needs.
 */
@Global()
@Module({
  providers: [...kernel, ...extensionProviders, ...edges, ...socketProviders],
  exports: [...kernel, ...extensionProviders, ...edges],
})
export class CommonModule implements NestModule, OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly connections: Connections,
    private readonly schema: SchemaCheck,
    private readonly channel: InvalidationChannel,
    private readonly sweeper: Sweeper,
    private readonly extensions: Extensions,
    private readonly config: ApplicationConfig,
    private readonly filter: AuthErrorFilter,
    private readonly routes: AuthRoutes,
    @Optional() @Inject(BACKGROUND_WORK) private readonly inBackground: boolean = true,
  ) {}

  /** The only hook of Nest that runs after the host has set its global pipes, filters and interceptors, and before Nest builds routes. */
  configure(): void {
    standBesideGlobals(this.config, this.filter);
  }

  /** The router has our routes by now. @throws Error when they contradict the issuer; stops the boot */
  onModuleInit(): void {
    this.routes.check();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.schema.run();
    this.extensions.freeze();
    if (!this.inBackground) return;
    this.channel.start();
    this.sweeper.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.channel.stop(), this.sweeper.stop()]);
    await this.connections.close();
  }
}
