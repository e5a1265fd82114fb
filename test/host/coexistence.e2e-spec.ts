import { StandardSchemaValidationPipe, VersioningType } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import { AuthGuard } from '../../src/index.js';
import type { TestAppOptions } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';
import { HostCatchAll, HostilePipe, TrimPipe } from '../support/shop.js';
import { hosts, type Configure } from '../support/shop-hosts.js';

const ADAPTERS = ['express', 'fastify'] as const;

describe.each(ADAPTERS)('Beside a host on %s', (adapter) => {
  const { start, userAt, expectOurWire } = hosts(adapter);

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
      const user = await userAt(`${url}/v9`);
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
});
