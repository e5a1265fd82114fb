import { RequestMethod } from '@nestjs/common';
import { descriptionOf } from './describe-route.js';
import { OAuthEndpoint, oauthPaths } from './oauth-endpoint.decorator.js';
import { RefuseOtherMethods } from './only-methods.decorator.js';
import { CROSS_SITE_KEY } from '../origins/request.guard.js';

@RefuseOtherMethods()
class Endpoints {
  @OAuthEndpoint('GET', 'logout', { methods: 'GET, HEAD, POST', aliases: ['signout'], summary: 'by link' })
  get() {}

  @OAuthEndpoint('POST', 'logout', { methods: 'GET, HEAD, POST', aliases: ['signout'], summary: 'by form' })
  post() {}

  @OAuthEndpoint('POST', '/device/code', { aliases: ['device'], summary: 'of any method but one' })
  open() {}
}

const handlers = Object.entries(Object.getOwnPropertyDescriptors(Endpoints.prototype))
  .filter(([name]) => name !== 'constructor')
  .map(([name, { value }]) => [name, value as () => unknown] as const);
const of = (handler: object) => ({
  method: RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod],
  paths: Reflect.getMetadata('path', handler) as string[],
});

describe('an OAuth endpoint', () => {
  it('is in both folders under each of its names; an address of its own stays one', () => {
    expect(oauthPaths('logout', 'signout')).toEqual([
      'oauth2/logout',
      'oauth2/signout',
      'oauth/logout',
      'oauth/signout',
    ]);
    expect(of(Endpoints.prototype.open).paths).toEqual(['/device/code', 'oauth2/device', 'oauth/device']);
  });

  it('T007 15.5.6 refuses what it does not have once, under its name', () => {
    const refusals = handlers.filter(([name]) => !['get', 'post', 'open'].includes(name));
    expect(refusals.map(([, handler]) => of(handler))).toEqual(
      ['PUT', 'PATCH', 'DELETE'].map((method) => ({ method, paths: ['oauth2/logout', 'oauth/logout'] })),
    );
    for (const [, refuse] of refusals) {
      expect(refuse).toThrow(expect.objectContaining({ status: 405, headers: { Allow: 'GET, HEAD, POST' } }));
      expect(descriptionOf(refuse)).toMatchObject({ hidden: true });
      expect(Reflect.getMetadata(CROSS_SITE_KEY, refuse)).toBe(true);
    }
  });
});
