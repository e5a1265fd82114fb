import type { ApplicationConfig } from '@nestjs/core';
import { AuthRoutes } from './auth-routes.js';
import { OAuthEndpoint } from './oauth-endpoint.decorator.js';
import { MarkRoutes } from './mounted-routes.js';

const under = (globalPrefix: string) =>
  new AuthRoutes({ getGlobalPrefix: () => globalPrefix } as ApplicationConfig, '/api/auth');

describe('T012 which paths are ours', () => {
  it.each<[string, string | null, boolean?]>(
    [
      ['/api/auth/sign-in/email', '/sign-in/email', true],
      ['/api/auth', '', true],
      ['/api/authx', null],
      ['/api', null],
      ['/', null],
      ['/v9/api/auth/x', null],
      ['/API/auth/x', '/x', false],
      ['/%61pi/auth/x', '/x', false],
      ['/api%2fauth/x', '/x', false],
      ['/api/auth//x', '//x', false],
      ['/api/auth/x/', '/x', true],
      ['/api/auth/', '', true],
      ['/api/auth/x//', '/x//', false],
      ['/api/auth/x%2f', '/x', false],
      ['/api/auth/x/.', '/x/.', false],
      ['/api/auth/x/./', '/x/.', false],
      ['/api/auth/x;y', '/x;y', false],
      ['/api/auth/../x', '/../x', false],
      ['/api/auth/x\\y', '/x\\y', false],
      ['/api/auth/%zz', '/%zz', true],
    ].map(([path, route, exact]) => [path, route, exact] as [string, string | null, boolean?]),
  )('%s is %j', (path, route, exact) => {
    expect(under('').match(path)).toEqual(route === null ? null : { route, exact });
  });

  it.each(['v9', '/v9', 'v9/', '/v9/'])('moves with the global prefix %j', (prefix) => {
    expect(under(prefix).basePath).toBe('/v9/api/auth');
    expect(under(prefix).match('/v9/api/auth/x')).toEqual({ route: '/x', exact: true });
    expect(under(prefix).match('/api/auth/x')).toBeNull();
  });

  it('knows which routes speak OAuth, and claimed paths outside the prefix', () => {
    @MarkRoutes('')
    class Controller {
      @OAuthEndpoint('POST', 'token', { summary: 'tokens' })
      token() {}
    }
    const routes = under('');
    const router = { post: () => undefined, getType: () => 'fastify' };
    routes.mounted.watch(router as unknown as Parameters<typeof routes.mounted.watch>[0]);
    (router.post as (path: string, handler: unknown) => void)('/api/auth/oauth2/token', Controller.prototype.token);
    routes.claim('/device', 'oauth');
    routes.claim('/api/auth/.well-known/x', 'oauth');
    for (const route of ['/oauth2/token', '/oauth2/token/x', '/.well-known/x'])
      expect(routes.shapeOf(route)).toBe('oauth');
    for (const route of ['/oauth2', '/oauth2/tokenx']) expect(routes.shapeOf(route)).toBe('management');
    expect(routes.match('/device')).toEqual({ route: '/device', exact: true });
    expect(routes.match('/devices')).toBeNull();
    expect(routes.shapeOf('/device/x')).toBe('oauth');
  });
});
