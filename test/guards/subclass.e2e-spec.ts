import { Controller, Get, HttpException, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  Auth,
  AuthError,
  AuthGuard,
  BearerAuth,
  CurrentPrincipal,
  OptionalAuth,
  Public,
  Scopes,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';
import { PlainController, TestKeyAuthenticator, TestKeyModule } from '../support/guarded-host.js';

/** What the subclass needs of the host; keeps whom it was asked about. */
@Injectable()
class Tenants {
  readonly asked: string[] = [];
}

/** Answers as the request wants it. */
@Injectable()
class TenantGuard extends AuthGuard {
  constructor(private readonly tenants: Tenants) {
    super();
  }

  protected override allows(principal: AuthPrincipal, context: ExecutionContext): boolean | Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    this.tenants.asked.push(principal.subjectId);
    const answer = headers['x-answer'];
    if (answer === 'throw') throw AuthError.notFound('There is no such tenant');
    if (answer === 'forget') return undefined as never;
    if (answer === 'object') return {} as never;
    return answer?.startsWith('later') ? Promise.resolve(answer === 'later yes') : answer === 'yes';
  }

  protected override refusal(error: AuthError): Error {
    if (error.status === 401) return new HttpException({ own: error.code }, 418);
    return (error.status === 400 ? true : undefined) as never;
  }
}

@Controller('tenant')
class TenantController {
  @Get('alone') @UseGuards(TenantGuard) alone(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId };
  }
  @Get('above') @UseGuards(TenantGuard) @BearerAuth() above(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId };
  }
  @Get('below') @BearerAuth() @UseGuards(TenantGuard) below(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId };
  }
  @Get('cookie') @Auth('session') @OptionalAuth() @UseGuards(TenantGuard) cookie(
    @CurrentPrincipal() principal: AuthPrincipal | null,
  ) {
    return { subject: principal?.subjectId ?? null };
  }
  @Get('scopes') @UseGuards(TenantGuard) @Scopes('reports:write') scopes() {
    return { reached: true };
  }
  @Get('test-key') @Auth('testKey') @UseGuards(TenantGuard) testKey() {
    return { reached: true };
  }
  @Get('public') @UseGuards(TenantGuard) @Public() open() {
    return { reached: true };
  }
}

describe.each(['express', 'fastify'] as const)('a host that extends AuthGuard, on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      imports: [TestKeyModule],
      controllers: [TenantController],
      providers: [Tenants, TenantGuard],
    });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const get = (route: string, answer: string, headers: Record<string, string>) =>
    send(`${host.url}/tenant/${route}`, { headers: { 'x-answer': answer, ...headers } });
  const withToken = (route: string, answer: string) =>
    get(route, answer, { authorization: `Bearer ${user.accessToken}` });
  const asked = () => host.app.get(Tenants).asked.splice(0);

  const ANSWERS = [
    ['yes', 200],
    ['later yes', 200],
    ['no', 403],
    ['later no', 403],
    ['forget', 403],
    ['object', 403],
    ['throw', 404],
  ] as const;

  it.each(['alone', 'above', 'below'])(
    '%s: only true lets in, also from memory and where AuthGuard came first',
    async (route) => {
      for (const [answer, status] of [...ANSWERS, ...ANSWERS])
        expect([answer, (await withToken(route, answer)).status]).toEqual([answer, status]);
      expect((await withToken(route, 'yes')).body).toEqual({ subject: user.id });
      expect(new Set(asked())).toEqual(new Set([user.id]));
    },
  );

  it('403 says what any other 403 says, and what the subclass throws is the answer', async () => {
    const refused = await withToken('above', 'no');
    expect(refused.body).toEqual({ code: 'FORBIDDEN', message: 'Forbidden', statusCode: 403, error: 'access_denied' });
    expect((await withToken('above', 'throw')).body.message).toBe('There is no such tenant');
  });

  it('a request that it refuses first spends nothing', async () => {
    let spent = 0;
    Object.assign(host.app.get(TestKeyAuthenticator), { admit: () => void spent++ });
    const statuses = [];
    for (const answer of ['no', 'later no', 'throw', 'yes', 'later yes'])
      statuses.push((await get('test-key', answer, { 'x-test-key': 'tst_good' })).status);
    expect([statuses, spent]).toEqual([[403, 403, 404, 200, 200], 2]);
  });

  it('is not asked about strangers, on public routes, and where the route itself refuses', async () => {
    asked();
    expect((await get('cookie', 'no', {})).body).toEqual({ subject: null });
    expect((await get('public', 'no', { authorization: `Bearer ${user.accessToken}` })).status).toBe(200);
    expect((await withToken('scopes', 'yes')).status).toBe(403);
    expect(asked()).toEqual([]);
  });

  it('a user who is known by a cookie and refused is no stranger on an optional route', async () => {
    expect((await get('cookie', 'no', { cookie: user.cookie })).status).toBe(403);
    expect((await get('cookie', 'yes', { cookie: user.cookie })).body).toEqual({ subject: user.id });
  });

  it('answers refusals in its own way, and cannot take one back', async () => {
    const bad = await get('alone', 'yes', { authorization: 'Bearer garbage' });
    expect([bad.status, bad.body]).toEqual([418, { own: 'UNAUTHORIZED' }]);
    expect((await get('alone', 'yes', {})).status).toBe(418);
    expect((await withToken('above', 'no')).status).toBe(403);
    expect((await get('alone', 'yes', { authorization: 'Bearer a b' })).status).toBe(500);
  });
});

describe('a subclass of AuthGuard as APP_GUARD', () => {
  it('is asked wherever somebody is let in', async () => {
    const providers = [Tenants, { provide: APP_GUARD, useClass: TenantGuard }];
    const host = await createTestApp({ controllers: [PlainController, TenantController], providers });
    const { accessToken: bearer } = await signUp(host.url);
    for (const [answer, status] of [
      ['yes', 200],
      ['no', 403],
    ] as const)
      for (const route of ['plain', 'tenant/above', 'api/auth/list-sessions'])
        expect((await send(`${host.url}/${route}`, { bearer, headers: { 'x-answer': answer } })).status).toBe(status);
    await host.close();
  });
});
