import { Controller, Get, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import {
  AnyScope,
  AuthContext,
  BearerAuth,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  ResourceServerModule,
  Roles,
  Scopes,
  type AuthPrincipal,
  type ResourceServerOptions,
} from '../../src/resource-server/index.js';
import { createHttpAdapter, type Adapter } from './adapter.js';

/** The audience of the resource servers of tests. */
export const API = 'https://api.example.com';

@Controller('api')
class ApiController {
  constructor(private readonly auth: AuthContext) {}

  @Get('open') @Public() open(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { principal };
  }
  @Get('optional') @BearerAuth() @OptionalAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { principal };
  }
  @Get('me') @BearerAuth() me(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }
  @Get('user') @BearerAuth() user(@CurrentUser() user: unknown) {
    return { user };
  }
  @Get('context') @BearerAuth() async context() {
    const { principal } = this.auth;
    return { principal, user: await this.auth.user(), session: await this.auth.session() };
  }
  @Get('scoped') @BearerAuth() @Scopes('reports:read') scoped(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }
  @Get('any-scope') @BearerAuth() @AnyScope('reports:read', 'reports:write') anyScope() {
    return { reached: true };
  }
  @Get('admin') @BearerAuth() @Roles('admin', 'owner') admin(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }
}

export interface ResourceServer {
  readonly app: INestApplication;
  readonly url: string;
  close(): Promise<void>;
}

export interface ResourceServerSetup {
  readonly adapter?: Adapter;
  readonly controllers?: readonly Type[];
  readonly providers?: readonly object[];
  readonly imports?: readonly (DynamicModule | Type)[];
  /** Replaces `ResourceServerModule.forRoot(options)`. */
  readonly module?: DynamicModule;
  readonly configure?: (app: INestApplication) => unknown;
}

/** A host without any database that verifies tokens of others, with the routes above and those of the test. */
export async function createResourceServer(
  options: ResourceServerOptions,
  setup: ResourceServerSetup = {},
): Promise<ResourceServer> {
  const moduleRef = await Test.createTestingModule({
    imports: [setup.module ?? ResourceServerModule.forRoot(options), ...(setup.imports ?? [])],
    controllers: [ApiController, ...(setup.controllers ?? [])],
    providers: (setup.providers ?? []) as Type[],
  }).compile();
  const app = moduleRef.createNestApplication(createHttpAdapter(setup.adapter));
  app.useLogger(process.env['TEST_LOG'] ? ['error', 'warn', 'debug'] : false);
  setup.configure?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  return { app, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}
