import { Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { Args, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  ApiKeyAuth,
  AuthContext,
  AuthError,
  AuthGuard,
  BearerAuth,
  CurrentApiKey,
  CurrentClient,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  Scopes,
  type AuthPrincipal,
  type HostUser,
} from '../../src/index.js';
import { seen } from './forged-identity.js';

export const REPORTS_TYPES = `
  type Report { id: String title: String owner: String secret: String }
  type Query {
    reports: [Report] who: String ofClass: String openOfClass: String tenant(id: String): String
    broken: String mine: String plain: String
  }
`;

@Injectable()
export class TenantGuard extends AuthGuard {
  protected override allows(_principal: AuthPrincipal, context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(context.getArgByIndex<{ id: string }>(1).id === 'mine');
  }
}

@Resolver('Report')
export class ReportsResolver {
  constructor(private readonly auth: AuthContext) {}

  @Query() @BearerAuth() @ApiKeyAuth() reports() {
    return ['1', '2', '3'].map((id) => ({ id }));
  }
  @ResolveField() title() {
    return 'open';
  }
  @ResolveField() @ApiKeyAuth() owner(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal.subjectId;
  }
  @ResolveField() @BearerAuth() @ApiKeyAuth() @Scopes('reports:write') secret() {
    return 'reached';
  }
  @Query() @OptionalAuth() @BearerAuth() @ApiKeyAuth() async who(
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @CurrentUser() user: HostUser | null,
    @CurrentClient() client: unknown,
    @CurrentApiKey() key: { name: string } | null,
  ) {
    const ofContext = await this.auth.user();
    return JSON.stringify({
      ...seen(principal, user?.email, client, key?.name, this.auth.principal),
      ofContext: ofContext?.email ?? null,
    });
  }
  @Query() @BearerAuth() @UseGuards(TenantGuard) tenant(@Args('id') id: string) {
    return id;
  }
  @Query() @Public() broken() {
    throw AuthError.internal(new Error('SELECT secret FROM vault'));
  }
  @Query() @Public() mine() {
    throw new Error('of the host');
  }
  @Query() plain(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return principal?.subjectId ?? 'nobody';
  }
}

@Resolver()
@BearerAuth()
export class OfClassResolver {
  @Query() ofClass(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal.subjectId;
  }
  @Query() @Public() openOfClass(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return principal?.subjectId ?? 'nobody';
  }
}
