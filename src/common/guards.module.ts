import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type NestModule,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { GuardedFields } from './calls/guarded-fields.js';
import { messageProviders } from './calls/message.providers.js';
import { Extensions } from './extensions.js';
import { AuthGuard } from './guards/auth.guard.js';
import { GuardServices } from './guards/guard-services.js';
import { ProtectedRoutes } from './guards/protected-routes.js';
import { AuthErrorFilter } from './http/edge/auth-error.filter.js';
import { ContextEdge } from './http/edge/context-edge.js';
import { standBesideGlobals } from './http/edge/host-globals.js';
import { AuthContext } from './ports/auth-context.js';
import { OpenDocuments } from './http/edge/open-documents.js';
import { HostPorts } from './ports/port.js';
import { ResourceDocuments } from './resources/resource-documents.js';
import { RESOURCE_FACTS, type ResourceFacts } from './resources/resource-metadata.js';
import { ROUTE_TERMS, type RouteTerms } from './guards/route-terms.js';
import { socketProviders } from './sockets/socket.providers.js';

export interface GuardsModuleOptions extends Pick<ModuleMetadata, 'imports'> {
  /** What the guard verifies credentials with. */
  readonly services: Omit<FactoryProvider<GuardServices>, 'provide'>;
  /** What `services` needs, with `ROUTE_TERMS` and `RESOURCE_FACTS`. */
  readonly providers?: readonly Provider[];
  /** Of `providers`, what hosts may inject. */
  readonly exports?: ModuleMetadata['exports'];
}

/**
 * Guards, decorators, filter and `AuthContext` without a database, routes and pages: what is left of the kernel for an application that
 * keeps no credentials. Nothing below it imports TypeORM or pg.
 */
@Module({})
export class GuardsModule implements NestModule, OnModuleInit {
  /** @throws Error beside AuthModule, which has all of this; stops the boot */
  constructor(
    private readonly config: ApplicationConfig,
    private readonly filter: AuthErrorFilter,
    private readonly routes: ProtectedRoutes,
    private readonly documents: OpenDocuments,
    @Inject(ROUTE_TERMS) private readonly terms: RouteTerms,
    @Inject(RESOURCE_FACTS) private readonly facts: ResourceFacts,
    @Optional() kernel?: Extensions,
  ) {
    if (kernel)
      throw new Error(
        'AuthModule verifies credentials here already, and two modules cannot. Keep AuthModule and name other issuers in jwt.trustedIssuers, or keep the module that needs no database alone.',
      );
  }

  static with({ imports = [], providers = [], exports = [], services }: GuardsModuleOptions): DynamicModule {
    return {
      module: GuardsModule,
      // Global, because Nest builds a guard in the module of the controller that it guards.
      global: true,
      imports,
      providers: [
        ...providers,
        { ...services, provide: GuardServices },
        HostPorts,
        AuthContext,
        AuthGuard,
        AuthErrorFilter,
        ContextEdge,
        OpenDocuments,
        ProtectedRoutes,
        GuardedFields,
        ...messageProviders,
        ...socketProviders,
      ],
      exports: [...exports, GuardServices, AuthContext, AuthGuard, AuthErrorFilter],
    };
  }

  /** The only hook of Nest that runs after the host has set its global filters, and before Nest builds routes. */
  configure(): void {
    standBesideGlobals(this.config, this.filter);
  }

  /** @throws Error when a decorator names a resource that there is not; stops the boot */
  onModuleInit(): void {
    const all = [...new Set([...this.terms.resources.all, ...this.routes.named()])];
    this.documents.serve(new ResourceDocuments(all, this.facts));
  }
}
