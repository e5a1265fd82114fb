import { Controller, Get, Injectable, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import {
  ApiKeyAuth,
  AuthContext,
  BearerAuth,
  CurrentApiKey,
  CurrentClient,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  Scopes,
  SessionAuth,
  type AuthPrincipal,
  type Client,
  type HostUser,
} from 'nest-authority';
import { actingAs, AuthTestingModule, mockPrincipal } from 'nest-authority/testing';
import { createHttpAdapter } from '../support/adapter.js';

@Injectable()
class Audit {
  constructor(private readonly auth: AuthContext) {}
  async by() {
    return [this.auth.principal?.subjectId ?? null, (await this.auth.user())?.email ?? null];
  }
}

@Controller('reports')
@BearerAuth()
class ReportsController {
  constructor(private readonly audit: Audit) {}

  @Get() @Scopes('reports:read') list(@CurrentUser() user: HostUser | null) {
    return { name: user?.name ?? null };
  }
  @Get('client') client(@CurrentClient() client: Client | null, @CurrentPrincipal() principal: AuthPrincipal) {
    return { client: client?.name ?? null, kind: principal.kind };
  }
  @Get('key') @ApiKeyAuth({ permissions: { reports: ['read'] } }) key(@CurrentApiKey() key: { id: string } | null) {
    return { key: key?.id ?? null };
  }
  @Get('own') @SessionAuth() own(@CurrentUser() user: HostUser) {
    return { id: user.id };
  }
  @Get('elsewhere') @BearerAuth({ audience: 'https://elsewhere.example' }) elsewhere() {
    return { reached: true };
  }
  @Get('optional') @OptionalAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { subject: principal?.subjectId ?? null };
  }
  @Get('public') @Public() public(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { subject: principal?.subjectId ?? null };
  }
  @Get('audit') async audited() {
    return { by: await this.audit.by() };
  }
}

describe.each(['express', 'fastify'] as const)('actingAs, without a database, on %s', (adapter) => {
  let app: INestApplication;
  beforeAll(async () => {
    const moduleRef = await Test.createTestingModule({
      imports: [AuthTestingModule.forRoot()],
      controllers: [ReportsController],
      providers: [Audit],
    }).compile();
    app = moduleRef.createNestApplication(createHttpAdapter(adapter));
    await app.init();
    if (adapter === 'fastify') await (app.getHttpAdapter().getInstance() as { ready(): Promise<void> }).ready();
  });
  afterEach(() => void actingAs(app, null));
  afterAll(() => app?.close());

  const get = (path: string) => request(app.getHttpServer()).get(`/reports${path}`);

  it('nobody acts at first: 401 with the challenge of the real filter', async () => {
    const answer = await get('').set('authorization', 'Bearer anything');
    expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
    expect((await get('')).headers['www-authenticate']).toBe('Bearer realm="auth.test"');
  });

  it('a user with the scope is let in, and @CurrentUser is who the test says', async () => {
    actingAs(app, mockPrincipal({ user: { id: 'ann', name: 'Ann' }, scopes: ['reports:read'] }));
    expect((await get('')).body).toEqual({ name: 'Ann' });
  });

  it('403 without the scope, with the scopes in the challenge', async () => {
    actingAs(app, mockPrincipal({ user: 'ann' }));
    const answer = await get('');
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toContain('scope="reports:read"');
  });

  it('an API key is taken where keys are, with its permissions, and refused elsewhere', async () => {
    actingAs(app, mockPrincipal({ apiKey: { id: 'k1', permissions: { reports: ['read'] } } }));
    expect((await get('/key')).body).toEqual({ key: 'k1' });
    expect((await get('')).status).toBe(401);
    actingAs(app, mockPrincipal({ apiKey: true }));
    expect((await get('/key')).status).toBe(403);
  });

  it('a user in person is let in by @SessionAuth, an app that acts for them is not', async () => {
    actingAs(app, mockPrincipal({ user: 'ann' }));
    expect((await get('/own')).body).toEqual({ id: 'ann' });
    actingAs(app, mockPrincipal({ user: 'ann', client: 'phone' }));
    expect((await get('/own')).status).toBe(401);
    expect((await get('/client')).body).toEqual({ client: 'phone', kind: 'user' });
  });

  it('a client that acts for itself has no user', async () => {
    actingAs(app, mockPrincipal({ client: { clientId: 'billing', name: 'Billing' } }));
    expect((await get('/client')).body).toEqual({ client: 'Billing', kind: 'client' });
  });

  it('the audience counts', async () => {
    actingAs(app, mockPrincipal({ user: 'ann' }));
    expect((await get('/elsewhere')).status).toBe(401);
    actingAs(app, mockPrincipal({ user: 'ann', audience: ['https://elsewhere.example'] }));
    expect((await get('/elsewhere')).body).toEqual({ reached: true });
  });

  it('optional and public routes see whom the real ones would see', async () => {
    expect((await get('/optional')).body).toEqual({ subject: null });
    actingAs(app, mockPrincipal({ user: 'ann' }));
    expect((await get('/optional')).body).toEqual({ subject: 'ann' });
    expect((await get('/public')).body).toEqual({ subject: null });
  });

  it('services that ask AuthContext get the same answer', async () => {
    actingAs(app, mockPrincipal({ user: { id: 'ann', email: 'ann@example.com' } }));
    expect((await get('/audit')).body).toEqual({ by: ['ann', 'ann@example.com'] });
  });

  it('who acted before acts again', async () => {
    actingAs(app, mockPrincipal({ user: 'ann' }));
    const stop = actingAs(app, mockPrincipal({ user: 'ben' }));
    stop();
    expect((await get('/optional')).body).toEqual({ subject: 'ann' });
  });
});
