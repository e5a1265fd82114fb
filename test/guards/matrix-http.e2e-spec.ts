import { Controller, Get } from '@nestjs/common';
import {
  AnyScope,
  ApiKeyAuth,
  Auth,
  BearerAuth,
  CurrentPrincipal,
  OptionalAuth,
  Public,
  Scopes,
  SessionAuth,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

const whom = (principal: AuthPrincipal | null) => ({ subject: principal?.subjectId ?? 'nobody' });

@Controller('matrix')
class MatrixController {
  @Get('public') @Public() public(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return whom(principal);
  }
  @Get('optional') @OptionalAuth() @BearerAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return whom(principal);
  }
  @Get('bearer') @BearerAuth() bearer(@CurrentPrincipal() principal: AuthPrincipal) {
    return whom(principal);
  }
  @Get('key') @ApiKeyAuth() key(@CurrentPrincipal() principal: AuthPrincipal) {
    return whom(principal);
  }
  @Get('either') @ApiKeyAuth() @BearerAuth() either(@CurrentPrincipal() principal: AuthPrincipal) {
    return whom(principal);
  }
  @Get('session') @SessionAuth() session(@CurrentPrincipal() principal: AuthPrincipal) {
    return whom(principal);
  }
  @Get('default') @Auth() default(@CurrentPrincipal() principal: AuthPrincipal) {
    return whom(principal);
  }
  @Get('cookie') @Auth('session') cookie(@CurrentPrincipal() principal: AuthPrincipal) {
    return whom(principal);
  }
  @Get('scopes') @BearerAuth() @ApiKeyAuth() @Scopes('reports:read') scopes(@CurrentPrincipal() one: AuthPrincipal) {
    return whom(one);
  }
  @Get('lacking') @BearerAuth() @ApiKeyAuth() @Scopes('reports:read', 'reports:write') lacking() {
    return { subject: 'reached' };
  }
  @Get('anyScope') @BearerAuth() @AnyScope('reports:write', 'reports:read') any(
    @CurrentPrincipal() one: AuthPrincipal,
  ) {
    return whom(one);
  }
  @Get('anyLacking') @BearerAuth() @AnyScope('a:x', 'b:x') anyLacking() {
    return { subject: 'reached' };
  }
  @Get('audience') @BearerAuth({ audience: 'https://elsewhere.example' }) audience() {
    return { subject: 'reached' };
  }
  @Get('unknown') @Auth('nobodyRegisteredThis') unknown() {
    return { subject: 'reached' };
  }
}

describe.each(['express', 'fastify'] as const)('F30: the credential matrix over HTTP on %s', (adapter) => {
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } },
      controllers: [MatrixController],
    });
    world = await matrixWorld(host, await signUp(host.url));
  });
  afterAll(() => host?.close());

  it.each(CREDENTIAL_MATRIX)('$name', async ({ handler, headers, expected }) => {
    const answer = await send(`${host.url}/matrix/${handler}`, { headers: headers(world) });
    if (typeof expected === 'number') return expect(answer.status).toBe(expected);
    expect(answer.body).toEqual({ subject: expected === 'user' ? world.user.id : 'nobody' });
  });
});
