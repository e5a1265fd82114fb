import { Controller, Get, Injectable, Module, Post, Body } from '@nestjs/common';
import {
  AnyScope,
  ApiKeyAuth,
  Auth,
  AuthError,
  BearerAuth,
  createPrincipal,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  Scopes,
  type AuthPrincipal,
  type HostUser,
} from '../../src/index.js';
import { Extensions } from '../../src/common/extensions.js';
import type { Authenticator } from '../../src/common/guards/authenticator.js';
import { header, type HeaderBag } from '../../src/common/http/request/headers.js';

/** Scopes of every session in these tests. */
export const HELD_SCOPES = ['reports:read', 'reports:list'];

/** A second scheme, as a capability would add it: `x-test-key`, or `Authorization: Bearer tst_…`. Counts its calls. */
@Injectable()
export class TestKeyAuthenticator implements Authenticator {
  readonly scheme = 'testKey';
  readonly challenge = 'TestKey';
  readonly carrier = 'header';
  calls = 0;

  present(headers: HeaderBag): string | undefined {
    return header(headers, 'x-test-key');
  }

  claims(bearerValue: string): boolean {
    return bearerValue.startsWith('tst_');
  }

  async authenticate(credential: string): Promise<AuthPrincipal> {
    this.calls++;
    if (credential !== 'tst_good') throw AuthError.invalidToken('unknown test key');
    return createPrincipal({ subjectId: 'svc-1', scheme: 'testKey', credentialType: 'test_key', credentialId: 'k1' });
  }

  authorize(_principal: AuthPrincipal, requirement: unknown): void {
    if ((requirement as { never?: boolean } | undefined)?.never) throw AuthError.forbidden('FORBIDDEN', 'Never');
  }
}

@Module({ providers: [TestKeyAuthenticator], exports: [TestKeyAuthenticator] })
export class TestKeyModule {
  constructor(extensions: Extensions, authenticator: TestKeyAuthenticator) {
    extensions.add({ name: 'testKey', authenticators: [authenticator] });
  }
}

/** The answer of the guarded routes: the principal that they saw. */
function seen(principal: AuthPrincipal | null) {
  return { subject: principal?.subjectId ?? null, type: principal?.credentialType ?? null };
}

@Controller('guarded')
export class GuardedController {
  @Get('bearer') @BearerAuth() bearer(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Post('bearer') @BearerAuth() post(@CurrentPrincipal() principal: AuthPrincipal, @Body() body: unknown) {
    return { ...seen(principal), body };
  }
  @Get('key') @ApiKeyAuth() key(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('either') @ApiKeyAuth() @BearerAuth() either(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('test-key') @Auth('testKey') testKey(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('bearer-or-test-key') @BearerAuth() @Auth('testKey') both(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('session') @Auth('session') session(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('session-or-bearer') @Auth('session', 'bearer') sessionOrBearer(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('default') @Auth() byDefault(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('unknown-scheme') @Auth('nobodyRegisteredThis') unknown() {
    return { reached: true };
  }
  @Get('optional') @OptionalAuth() @BearerAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return seen(principal);
  }
  @Get('audience') @BearerAuth({ audience: 'https://elsewhere.example' }) audience() {
    return { reached: true };
  }
  @Get('user') @BearerAuth() async user(@CurrentUser() user: HostUser | null) {
    return user && { id: user.id, email: user.email };
  }
  @Get('user-of-key') @Auth('testKey') async userOfKey(@CurrentUser() user: HostUser | null) {
    return { user };
  }
  @Get('scopes') @Scopes('reports:read') @BearerAuth() scopes() {
    return { reached: true };
  }
  @Get('scopes-lacking') @Scopes('reports:read', 'reports:write') @BearerAuth() lacking() {
    return { reached: true };
  }
  @Get('scopes-twice') @Scopes('reports:read') @Scopes('reports:write') @BearerAuth() twice() {
    return { reached: true };
  }
  @Get('any-scope') @AnyScope('reports:write', 'reports:list') @BearerAuth() any() {
    return { reached: true };
  }
  @Get('any-scope-lacking') @AnyScope('a:x', 'b:x') @BearerAuth() anyLacking() {
    return { reached: true };
  }
  @Get('any-scope-twice') @AnyScope('reports:read', 'x') @AnyScope('y', 'z') @BearerAuth() anyTwice() {
    return { reached: true };
  }
  @Get('scopes-alone') @Scopes('reports:read') scopesAlone(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('throws') @BearerAuth() throws() {
    throw new Error('a fault of the host');
  }
}

/** Class-level declarations, and methods that change them. */
@Controller('class')
@BearerAuth()
@Scopes('reports:read')
export class GuardedClass {
  @Get('inherited') inherited() {
    return { reached: true };
  }
  @Get('public') @Public() open(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { principal };
  }
  @Get('other-scheme') @Auth('testKey') otherScheme() {
    return { reached: true };
  }
  @Get('adds') @Scopes('reports:write') adds() {
    return { reached: true };
  }
  @Get('optional') @OptionalAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return seen(principal);
  }
}

/** A public class whose methods require more: the nearest declaration wins. */
@Controller('open-class')
@Public()
export class OpenClass {
  @Get('plain') plain() {
    return { reached: true };
  }
  @Get('bearer') @BearerAuth() bearer() {
    return { reached: true };
  }
  @Get('scopes') @Scopes('reports:write') scopes() {
    return { reached: true };
  }
  @Get('any-scope') @AnyScope('reports:write') anyScope() {
    return { reached: true };
  }
  @Get('optional') @OptionalAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return seen(principal);
  }
}

@Controller('optional-class')
@OptionalAuth()
export class OptionalClass {
  @Get('plain') plain(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return seen(principal);
  }
  @Get('bearer') @BearerAuth() bearer() {
    return { reached: true };
  }
  @Get('scopes') @Scopes('reports:write') scopes() {
    return { reached: true };
  }
}

@Scopes('reports:read')
class ScopedBase {
  @Get('inherited') @BearerAuth() inherited() {
    return { reached: true };
  }
}

/** Adds to the scopes of the class it extends. */
@Controller('derived')
@Scopes('reports:list')
export class DerivedController extends ScopedBase {}

@Scopes('reports:write')
class StrictBase {
  @Get('inherited') @BearerAuth() inherited() {
    return { reached: true };
  }
}

@Controller('derived-strict')
@Scopes('reports:list')
export class DerivedStrictController extends StrictBase {}

/** No decorator of ours at all: for the guard as APP_GUARD. */
@Controller('plain')
export class PlainController {
  @Get() plain(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return seen(principal);
  }
  @Get('public') @Public() open() {
    return { reached: true };
  }
}

export const GUARDED_CONTROLLERS = [
  GuardedController,
  GuardedClass,
  OpenClass,
  OptionalClass,
  DerivedController,
  DerivedStrictController,
];
