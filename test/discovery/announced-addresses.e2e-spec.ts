import { RequestMethod, VersioningType, type INestApplication } from '@nestjs/common';
import { authCsrfExclusions } from '../../src/index.js';
import { createTestApp, type Adapter, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { announced, expectAnswers } from '../support/announced.js';
import { providerOptions } from '../support/oauth.js';
import { send } from '../support/http.js';

type Configure = (app: INestApplication) => unknown;

/** Hosts that move our routes, and where they are then. */
const HOSTS: readonly (readonly [name: string, configure: Configure, base: string])[] = [
  ['moves nothing', () => undefined, '/api/auth'],
  ['has a global prefix', (app) => app.setGlobalPrefix('v1'), '/v1/api/auth'],
  [
    'takes our routes out of it by a wildcard',
    (app) => app.setGlobalPrefix('v1', { exclude: ['api/auth/{*path}'] }),
    '/api/auth',
  ],
  [
    'takes them out with a slash in front, and its own as well',
    (app) => app.setGlobalPrefix('/v1/', { exclude: ['health', '/api/auth/*path'] }),
    '/api/auth',
  ],
  [
    'takes them out as a route of all methods',
    (app) => app.setGlobalPrefix('v1', { exclude: [{ path: 'api/auth/{*path}', method: RequestMethod.ALL }] }),
    '/api/auth',
  ],
  [
    'takes them out method by method',
    (app) =>
      app.setGlobalPrefix('v1', {
        exclude: [
          RequestMethod.GET,
          RequestMethod.POST,
          RequestMethod.PUT,
          RequestMethod.PATCH,
          RequestMethod.DELETE,
        ].map((method) => ({ path: 'api/*path', method })),
      }),
    '/api/auth',
  ],
  [
    'has versions in its addresses and a prefix',
    (app) => {
      app.setGlobalPrefix('v1', { exclude: ['api/auth/{*path}'] });
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '7' });
    },
    '/api/auth',
  ],
  [
    'has versions in a header',
    (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version', defaultVersion: '7' }),
    '/api/auth',
  ],
  [
    'takes out another path only',
    (app) => app.setGlobalPrefix('v1', { exclude: ['health', 'api/other/{*path}'] }),
    '/v1/api/auth',
  ],
];

/** Issuers that name the application itself, and where its routes are. */
const OWN_PATHS: readonly (readonly [issuerPath: string, configure: Configure, base: string])[] = [
  ['/api/auth', () => undefined, '/api/auth'],
  ['/v1/api/auth', (app) => app.setGlobalPrefix('v1'), '/v1/api/auth'],
  ['/v1', (app) => app.setGlobalPrefix('v1'), '/v1/api/auth'],
  ['/api/auth', (app) => app.setGlobalPrefix('v1', { exclude: ['api/auth/{*path}'] }), '/api/auth'],
];

const OPTIONS = { device: true, bearer: { refreshToken: { enabled: true } } };

describe.each<Adapter>(['express', 'fastify'])('F13: every address we announce answers, on %s', (adapter) => {
  let host: TestApp | undefined;
  afterEach(async () => {
    await host?.close();
    host = undefined;
  });
  /** The issuer is where the application really listens, so that each announced address can be asked. */
  const start = async (
    issuerPath: string,
    configure: Configure,
    auth: object = {},
  ): Promise<{ issuer: string; url: string }> => {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}${issuerPath}`;
    host = await createTestApp({
      adapter,
      port,
      auth: providerOptions({ dynamicRegistration: { mode: 'open' } }, { issuer, ...OPTIONS, ...auth }),
      configure,
    });
    return { issuer, url: host.url };
  };

  it.each(HOSTS)('RFC 8414 2 where the host %s', async (_name, configure, base) => {
    const { issuer, url } = await start('', configure);
    const document = (await send(`${url}/.well-known/openid-configuration`)).body;
    expect(document.issuer).toBe(issuer);
    expect(document.token_endpoint).toBe(`${issuer}${base}/oauth2/token`);
    await expectAnswers(await announced(url, base, document));
    const refused = await send(`${url}${base}/sign-in/email`, { body: { email: 5 } });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    const oauth = await send(`${url}${base}/oauth2/token`, { body: new URLSearchParams({ grant_type: 'x' }) });
    expect([oauth.status, Object.keys(oauth.body).sort()]).toEqual([401, ['error', 'error_description']]);
  });

  it('also where it takes out some of our routes only, each at its own place', async () => {
    const { issuer, url } = await start('', (app) => app.setGlobalPrefix('v1', { exclude: ['api/auth/oauth2/*path'] }));
    const document = (await send(`${url}/.well-known/openid-configuration`)).body;
    expect(document.token_endpoint).toBe(`${issuer}/api/auth/oauth2/token`);
    await expectAnswers(await announced(url, '/v1/api/auth', document));
    const oauth = await send(document.token_endpoint, { body: new URLSearchParams({ grant_type: 'x' }) });
    expect(oauth.body.error).toBe('invalid_client');
    const asked = await send(`${url}/api/auth/oauth2/consent`);
    expect(asked.status).not.toBe(404);
  });

  it('also where it takes out one method only', async () => {
    const exclude = [{ path: 'api/auth/*path', method: RequestMethod.GET }];
    const { issuer, url } = await start('', (app) => app.setGlobalPrefix('v1', { exclude }));
    const document = (await send(`${url}/.well-known/openid-configuration`)).body;
    expect(document.authorization_endpoint).toBe(`${issuer}/api/auth/oauth2/authorize`);
    expect(document.token_endpoint).toBe(`${issuer}/v1/api/auth/oauth2/token`);
    await expectAnswers(await announced(url, '/api/auth', document));
  });

  it('a prefix that the host sets when it is too late moves nothing', async () => {
    const { issuer, url } = await start('', () => undefined);
    host!.app.setGlobalPrefix('late');
    const document = (await send(`${url}/.well-known/openid-configuration`)).body;
    expect(document.token_endpoint).toBe(`${issuer}/api/auth/oauth2/token`);
    const page = await send(`${url}/api/auth/account`);
    expect(page.headers.get('location')).toBe('/api/auth/sign-in?continue=%2Fapi%2Fauth%2Faccount');
    expect((await send(`${url}/api/auth/sign-in/email`, { body: '{' })).status).toBe(415);
  });

  it.each(OWN_PATHS)('F39: the issuer may name the application itself: %s', async (path, configure, base) => {
    const { issuer, url } = await start(path, configure);
    for (const name of ['openid-configuration', 'oauth-authorization-server'])
      for (const place of [`${path}/.well-known/${name}`, `/.well-known/${name}${path}`, `/.well-known/${name}`]) {
        const document = await send(`${url}${place}`);
        expect([place, document.status, document.body?.issuer]).toEqual([place, 200, issuer]);
        expect(document.body.jwks_uri).toBe(`${url}${base}/oauth2/jwks`);
        await expectAnswers(await announced(url, base, document.body));
      }
  });

  it('a contradiction stops the boot with a sentence', async () => {
    await expect(start('/api/auth', (app) => app.setGlobalPrefix('v1'))).rejects.toThrow(/^issuer: .*exclude/);
  });

  it('the exclusions from the CSRF protection are where the routes are', async () => {
    const { url } = await start(
      '',
      (app) => {
        app.setGlobalPrefix('v1', { exclude: ['api/auth/{*path}'] });
        app.enableCsrfProtection({ exclude: authCsrfExclusions(app) });
      },
      { accountLinking: { providers: [] } },
    );
    const headers = { origin: 'https://provider.example', 'sec-fetch-site': 'cross-site' };
    const post = (route: string) =>
      send(`${url}/api/auth/${route}`, { body: new URLSearchParams({ state: 'x', code: 'y' }), headers });
    expect((await post('callback/apple')).status).toBe(303);
    expect((await post('sign-in/email')).status).toBe(403);
    expect((await post('sign-out')).status).toBe(403);
  });
});
