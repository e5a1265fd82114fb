import {
  StandardSchemaValidationPipe,
  VersioningType,
  type INestApplication,
  type NestApplicationOptions,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import { AuthGuard } from '../../src/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';
import {
  CustomAuthController,
  HostCatchAll,
  HostilePipe,
  ShopController,
  TrimPipe,
  WrapInterceptor,
} from './host-app.js';

const ADAPTERS = ['express', 'fastify'] as const;
type Configure = (app: INestApplication) => void;

describe.each(ADAPTERS)('Beside a host on %s', (adapter) => {
  let host: TestApp | undefined;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  async function start(configure: Configure, options: Partial<TestAppOptions> = {}): Promise<TestApp> {
    host = await createTestApp({
      adapter,
      databaseUrl: database.url,
      controllers: [ShopController, CustomAuthController],
      configure,
      ...options,
    });
    return host;
  }

  /** Sign-up, a guarded route of the host, and our refusals, below `prefix`. */
  async function expectOurWire(url: string, prefix = ''): Promise<void> {
    const user = await signUp(`${url}${prefix}`);
    const guarded = await send(`${url}${prefix}/shop/guarded`, { bearer: user.accessToken });
    expect(guarded.body).toEqual({ subject: user.id });
    const bad = await send(`${url}${prefix}/shop/guarded`, { bearer: 'garbage' });
    expect([bad.status, bad.body.error]).toEqual([401, 'invalid_token']);
    expect(bad.headers.get('www-authenticate')).toContain('Bearer realm="localhost:3000", error="invalid_token"');
    const invalid = await send(`${url}${prefix}/api/auth/sign-in/email`, { body: { email: 5 } });
    expect([invalid.status, invalid.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    const refused = await send(`${url}${prefix}/api/auth/sign-up/email`, {
      body: { email: 'x@example.com', password: TEST_PASSWORD, name: 'X', emailVerified: true },
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'SERVER_ONLY_PROPERTY']);
    const malformed = await send(`${url}${prefix}/api/auth/sign-in/email`, {
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect([malformed.status, malformed.body.message]).toEqual([400, 'Invalid JSON in request body']);
    const nowhere = await send(`${url}${prefix}/api/auth/nowhere`);
    expect([nowhere.status, nowhere.body]).toEqual([404, { code: 'NOT_FOUND', message: 'Not found', statusCode: 404 }]);
  }

  describe('prefix and versions', () => {
    it('setGlobalPrefix moves our routes along, and nothing stays behind', async () => {
      const { url } = await start((app) => app.setGlobalPrefix('v9'));
      await expectOurWire(url, '/v9');
      expect((await send(`${url}/api/auth/get-session`)).status).toBe(404);
    });

    it('enableVersioning by URI leaves our routes without a version', async () => {
      const { url } = await start((app) => {
        app.setGlobalPrefix('v9');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '2' });
      });
      const user = await signUp(`${url}/v9`);
      expect((await send(`${url}/v9/v2/shop/guarded`, { bearer: user.accessToken })).body.subject).toBe(user.id);
      expect((await send(`${url}/v9/v2/shop/guarded`)).headers.get('www-authenticate')).toMatch(/^Bearer /);
    });

    it('enableVersioning by header leaves our routes reachable with and without one', async () => {
      const { url } = await start((app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }), {
        controllers: [],
      });
      for (const headers of [{}, { 'x-version': '3' }] as Record<string, string>[])
        expect((await send(`${url}/api/auth/get-session`, { headers })).text).toBe('null');
    });
  });

  describe('global pipes of the host', () => {
    it.each<[string, Configure, Partial<TestAppOptions>]>([
      ['StandardSchemaValidationPipe', (app) => app.useGlobalPipes(new StandardSchemaValidationPipe()), {}],
      [
        'the same as APP_PIPE',
        () => undefined,
        { providers: [{ provide: APP_PIPE, useClass: StandardSchemaValidationPipe }] },
      ],
    ])('%s checks the host’s bodies and not ours', async (_name, configure, options) => {
      const { url } = await start(configure, options);
      const own = await send(`${url}/shop/strict`, { body: { name: 'x', extra: 1 } });
      expect([own.status, own.body.error]).toEqual([400, 'Bad Request']);
      await expectOurWire(url);
    });

    it('one that refuses untyped bodies, and one that trims texts, do not touch ours', async () => {
      const { url } = await start((app) => app.useGlobalPipes(new HostilePipe(), new TrimPipe()));
      expect((await send(`${url}/shop/who`, { body: {} })).body.message).toBe('Declare a DTO class for this body');
      await expectOurWire(url);
      const spaced = `  ${TEST_PASSWORD}  `;
      const user = await signUp(url, { password: spaced });
      const trimmed = await send(`${url}/api/auth/sign-in/email`, {
        body: { email: user.email, password: spaced.trim() },
      });
      expect(trimmed.body.code).toBe('INVALID_EMAIL_OR_PASSWORD');
    });
  });

  describe('a catch-all exception filter of the host', () => {
    it.each<[string, Configure, Partial<TestAppOptions>]>([
      ['useGlobalFilters', (app) => app.useGlobalFilters(new HostCatchAll(app.get(HttpAdapterHost))), {}],
      ['APP_FILTER', () => undefined, { providers: [{ provide: APP_FILTER, useClass: HostCatchAll }] }],
    ])('by %s keeps the host’s errors, and ours keep their shape', async (_name, configure, options) => {
      const { url } = await start(configure, options);
      expect((await send(`${url}/shop/fails`)).body).toEqual({ host: true, problem: 'no such article' });
      const crash = await send(`${url}/shop/crashes`);
      expect([crash.status, crash.body]).toEqual([500, { host: true, problem: 'a fault of the host' }]);
      expect((await send(`${url}/nowhere`)).body).toEqual({ host: true, problem: 'Cannot GET /nowhere' });
      const malformed = await send(`${url}/shop/who`, { body: '{', headers: { 'content-type': 'application/json' } });
      expect(malformed.body.host).toBe(true);
      await expectOurWire(url);
    });

    it('ours keep their shape also where only a global guard threw them', async () => {
      const { url } = await start((app) => app.useGlobalFilters(new HostCatchAll(app.get(HttpAdapterHost))), {
        providers: [{ provide: APP_GUARD, useExisting: AuthGuard }],
      });
      const answer = await send(`${url}/shop/fails`);
      expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    });

    it('without one, the host’s errors look as Nest makes them', async () => {
      const { url } = await start(() => undefined);
      expect((await send(`${url}/shop/fails`)).body).toEqual({
        message: 'no such article',
        error: 'Not Found',
        statusCode: 404,
      });
      expect((await send(`${url}/shop/crashes`)).body).toEqual({ statusCode: 500, message: 'Internal server error' });
    });
  });

  describe('parsers of the host', () => {
    it.each<[string, NestApplicationOptions]>([
      ['bodyParser: false', { bodyParser: false }],
      [
        'rawBody, cookies, cors and routeConflictPolicy',
        {
          rawBody: true,
          cookies: { secret: 'a cookie secret of the host, long enough' },
          cors: true,
          routeConflictPolicy: { duplicate: 'error', shadow: 'error' },
        },
      ],
    ])('%s changes nothing for us', async (_name, appOptions) => {
      const { url } = await start(() => undefined, { appOptions });
      await expectOurWire(url);
      const user = await signUp(url);
      expect((await send(`${url}/api/auth/get-session`, { headers: { cookie: user.cookie } })).body.user.id).toBe(
        user.id,
      );
    });

    it('AuthContext knows the user in a host’s handler behind its own parser', async () => {
      const { url } = await start(() => undefined);
      const user = await signUp(url);
      const answer = await send(`${url}/shop/who`, { body: { note: 'n' }, headers: { cookie: user.cookie } });
      expect(answer.body).toEqual({ note: 'n', user: user.id });
      const form = await send(`${url}/shop/who`, { body: new URLSearchParams({ note: 'f' }), bearer: user.token });
      expect(form.body).toEqual({ note: 'f', user: user.id });
    });
  });

  describe('browser protections of the host', () => {
    it('useSecurityHeaders: its headers are on our answers and on our errors', async () => {
      const { url } = await start((app) => app.useSecurityHeaders());
      await expectOurWire(url);
      for (const path of ['/api/auth/get-session', '/api/auth/nowhere', '/shop/guarded'])
        expect((await send(`${url}${path}`)).headers.get('x-content-type-options')).toBe('nosniff');
    });

    it('enableCsrfProtection: 403 in our shape on our routes, in the host’s on its own; its own origin passes', async () => {
      const { url } = await start((app) => app.enableCsrfProtection());
      await expectOurWire(url);
      const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      const ours = await send(`${url}/api/auth/sign-in/email`, { body: {}, headers });
      expect([ours.status, ours.body]).toEqual([403, { code: 'FORBIDDEN', message: 'Forbidden', statusCode: 403 }]);
      const theirs = await send(`${url}/shop/who`, { body: {}, headers });
      expect([theirs.status, theirs.body.error]).toEqual([403, 'Forbidden']);
      const same = await send(`${url}/api/auth/sign-in/email`, {
        body: {},
        headers: { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
      });
      expect(same.body.code).toBe('VALIDATION_ERROR');
    });

    it('CORS of the host answers preflights to our routes and marks their answers', async () => {
      const origin = 'https://app.example';
      const { url } = await start(
        (app) => app.enableCors({ origin, credentials: true, exposedHeaders: ['x-request-id'] }),
        {
          auth: { trustedOrigins: [origin] },
        },
      );
      const preflight = await send(`${url}/api/auth/sign-in/email`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
      const user = await signUp(url);
      const signIn = await send(`${url}/api/auth/sign-in/email`, {
        body: { email: user.email, password: user.password },
        headers: { origin },
      });
      expect(signIn.headers.get('access-control-allow-origin')).toBe(origin);
      const exposed = signIn.headers.get('access-control-expose-headers')?.split(/,\s*/).sort();
      expect(exposed).toEqual(['set-auth-token', 'x-request-id']);
      const refused = await send(`${url}/api/auth/nowhere`, { headers: { origin } });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([404, origin]);
    });
  });

  describe('a controller of the host below our prefix', () => {
    it('gets its body, and may be guarded', async () => {
      const { url } = await start(() => undefined);
      expect((await send(`${url}/api/auth/custom/echo`, { body: { a: [1] } })).body).toEqual({ echo: { a: [1] } });
      const user = await signUp(url);
      expect((await send(`${url}/api/auth/custom/guarded`, { bearer: user.accessToken })).body.subject).toBe(user.id);
      expect((await send(`${url}/api/auth/custom/guarded`)).status).toBe(401);
    });

    it('its errors are on a path of ours and take our shape, with the status the host chose', async () => {
      const { url } = await start(() => undefined);
      const answer = await send(`${url}/api/auth/custom/fails`);
      expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
    });
  });

  describe('a global interceptor of the host that wraps answers', () => {
    // Documented: Nest runs global interceptors around ours. Headers, cookies and errors stay; the body is inside the wrapper.
    it('wraps our bodies too, and leaves cookies, headers and errors alone', async () => {
      const { url } = await start((app) => app.useGlobalInterceptors(new WrapInterceptor()));
      const answer = await send(`${url}/api/auth/sign-up/email`, {
        body: { email: `wrapped-${adapter}@example.com`, password: TEST_PASSWORD, name: 'W' },
      });
      expect(answer.body.data.user.email).toBe(`wrapped-${adapter}@example.com`);
      expect(answer.headers.getSetCookie()[0]).toMatch(/^better-auth\.session_token=/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const error = await send(`${url}/api/auth/sign-in/email`, { body: {} });
      expect(error.body.code).toBe('VALIDATION_ERROR');
    });
  });
});
