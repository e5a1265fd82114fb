import type { NestApplicationOptions } from '@nestjs/common';
import { send } from '../support/http.js';
import { hosts } from '../support/shop-hosts.js';

const ADAPTERS = ['express', 'fastify'] as const;

describe.each(ADAPTERS)('Beside a host’s edge on %s', (adapter) => {
  const { start, userAt, expectOurWire } = hosts(adapter);

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
      const user = await userAt(url);
      expect((await send(`${url}/api/auth/get-session`, { headers: { cookie: user.cookie } })).body.user.id).toBe(
        user.id,
      );
    });

    it('AuthContext knows the user in a host’s handler behind its own parser', async () => {
      const { url } = await start(() => undefined);
      const user = await userAt(url);
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
      const user = await userAt(url);
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
      const user = await userAt(url);
      expect((await send(`${url}/api/auth/custom/guarded`, { bearer: user.accessToken })).body.subject).toBe(user.id);
      expect((await send(`${url}/api/auth/custom/guarded`)).status).toBe(401);
    });

    it('its errors are on a path of ours and take our shape, with the status the host chose', async () => {
      const { url } = await start(() => undefined);
      const answer = await send(`${url}/api/auth/custom/fails`);
      expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
    });
  });
});
