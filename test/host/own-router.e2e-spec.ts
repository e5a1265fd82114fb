import { Controller, Get, Module, Param, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { AddressInfo } from 'node:net';
import { AuthContext, authDataSource, AuthModule, BearerAuth } from '../../src/index.js';
import { testOptions, type Adapter } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { TEST_PASSWORD } from '../support/users.js';

@Controller()
class LateController {
  @Get('guarded')
  @BearerAuth()
  guarded() {
    return { guarded: true };
  }

  @Get(':page')
  page(@Param('page') page: string) {
    return { page };
  }

  @Get(':section/:page')
  anything() {
    return { anything: true };
  }
}

@Module({ controllers: [LateController] })
class LateModule {}

type Middleware = (request: unknown, response: unknown, next: () => void) => void;

/** As hosts boot, by NestFactory: the adapter is there before our providers, unlike in a testing module. */
async function boot(adapter: Adapter, middleware: readonly Middleware[] = []) {
  const database = await createTestDatabase();
  @Module({
    imports: [
      TypeOrmModule.forRoot(authDataSource({ url: database.url, migrationsRun: true })),
      AuthModule.forRoot(testOptions({ apiKeys: {} })),
      LateModule,
    ],
  })
  class HostModule {}
  const options = { logger: false as const };
  const app: INestApplication =
    adapter === 'fastify'
      ? await NestFactory.create(HostModule, new FastifyAdapter(), options)
      : await NestFactory.create(HostModule, options);
  for (const one of middleware) app.use(one);
  if (adapter === 'express') app.getHttpAdapter().getInstance().set('json spaces', 4);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const close = async () => {
    await app.close();
    await database.drop();
  };
  return { app, url: `http://127.0.0.1:${port}`, close };
}

describe.each<Adapter>(['express', 'fastify'])('ADR 17: our routes beside a host of NestFactory, on %s', (adapter) => {
  let host: Awaited<ReturnType<typeof boot>>;
  const seen: unknown[] = [];
  beforeAll(async () => {
    host = await boot(adapter, [
      (_request, _response, next) => {
        seen.push(AuthContext.requestContext?.headers);
        next();
      },
    ]);
  });
  afterAll(() => host.close());

  const at = (path: string, options: Parameters<typeof send>[1] = {}) => send(`${host.url}${path}`, options);

  it('a sign-up, its session and a guarded route of the host work', async () => {
    const body = { email: `a@${adapter}.example`, password: TEST_PASSWORD, name: 'A' };
    const { token: bearer } = (await at('/api/auth/sign-up/email', { body })).body as { token: string };
    expect((await at('/guarded', { bearer })).status).toBe(200);
    expect((await at('/guarded')).status).toBe(401);
    expect((await at('/api/auth/get-session?x=1', { bearer })).body).toMatchObject({
      user: { name: 'A' },
    });
  });

  it('F16: our middleware runs before those of the host, which find the context', async () => {
    seen.length = 0;
    await at('/late', { headers: { 'x-mark': 'seen' } });
    expect(seen).toEqual([expect.objectContaining({ 'x-mark': 'seen' })]);
  });

  it('the host’s later routes and its wider pattern have their requests, and none of ours', async () => {
    expect((await at('/late')).body).toEqual({ page: 'late' });
    expect((await at('/a/b')).body).toEqual({ anything: true });
    expect((await at('/api/auth/list-sessions')).status).toBe(401);
    expect((await at('/api/auth/admin/api-keys/an-id')).body).toMatchObject({ code: expect.any(String) });
  });

  it('RFC 9110 9.3.2: HEAD of a GET of ours has its headers', async () => {
    const { status, headers, text } = await at('/api/auth/get-session', { method: 'HEAD' });
    expect([status, text]).toEqual([200, '']);
    expect(headers.get('content-type')).toContain('json');
  });

  it('F17: a JSON body of ours has no ETag, and no format of the host’s', async () => {
    const { headers, text } = await at('/api/auth/get-session');
    expect(headers.get('etag')).toBeNull();
    expect(text).toBe('null');
    const refused = await at('/api/auth/list-sessions');
    expect(refused.text).not.toContain('\n');
    expect(Number(refused.headers.get('content-length'))).toBe(Buffer.byteLength(refused.text));
  });
});

describe('ADR 17: Express', () => {
  let host: Awaited<ReturnType<typeof boot>>;
  beforeAll(async () => {
    host = await boot('express');
  });
  afterAll(() => host.close());

  it('has one layer for all routes of our controllers', () => {
    const { router } = host.app.getHttpAdapter().getInstance() as {
      router: { stack: { route?: { path: string } }[] };
    };
    const paths = router.stack.map(({ route }) => route?.path ?? '');
    expect(paths.filter((path) => path.startsWith('/api/auth/'))).toEqual([]);
    expect(paths).toContain('/:page');
  });

  it('RFC 9110 9.3.7: OPTIONS of a route of ours names its methods, as Express does for the host’s', async () => {
    const { status, headers } = await send(`${host.url}/api/auth/get-session`, { method: 'OPTIONS' });
    expect(status).toBe(200);
    expect(String(headers.get('allow')).split(/, */).toSorted()).toEqual(['GET', 'HEAD', 'POST']);
  });
});
