import { authCsrfExclusions } from 'nest-authority';
import { tag } from '../../src/common/cache/tags.js';
import { Database } from '../../src/common/database/database.js';
import { SubjectLifecycle } from '../../src/common/subjects/subject.lifecycle.js';
import { TokenRevoker } from '../../src/common/tokens/token.revoker.js';
import { resolveCoreOptions } from '../../src/common/options/core-options.js';
import { resolveOAuthProviderOptions } from '../../src/oauth-provider/oauth-provider.settings.js';
import { ClientStore } from '../../src/oauth-provider/clients/client.store.js';
import { createTestApp, testOptions, type TestApp, type TestAppOptions } from '../support/app.js';
import { send } from '../support/http.js';
import { CORS_AUTH, corsOf, namesIn, OF_CLIENT, preflight, STRANGER, TRUSTED } from '../support/cors.js';
import { ShopController } from '../support/shop.js';

describe.each(['express', 'fastify'] as const)('CORS and the host’s own on %s', (adapter) => {
  let host: TestApp;
  const start = async (configure: TestAppOptions['configure'], rest: TestAppOptions = {}) => {
    host = await createTestApp({ adapter, controllers: [ShopController], configure, auth: CORS_AUTH, ...rest });
    return host.url;
  };
  afterEach(() => host.close());

  it('an origin that the host trusts and lets send credentials keeps them: its cookies come with every call', async () => {
    const url = await start((app) =>
      app.enableCors({ origin: [TRUSTED, STRANGER], credentials: true, exposedHeaders: ['x-request-id'] }),
    );
    for (const path of ['/api/auth/jwks', '/.well-known/openid-configuration', '/api/auth/oauth2/userinfo']) {
      const answer = await send(`${url}${path}`, { headers: { origin: TRUSTED } });
      expect(corsOf(answer)).toEqual({ origin: TRUSTED, credentials: 'true' });
      expect(namesIn(answer, 'access-control-expose-headers').sort()).toEqual([
        'dpop-nonce',
        'www-authenticate',
        'x-request-id',
      ]);
      const asked = await preflight(`${url}${path}`, TRUSTED);
      expect([asked.status, corsOf(asked)]).toEqual([204, { origin: TRUSTED, credentials: 'true' }]);
      const ofStranger = await send(`${url}${path}`, { headers: { origin: STRANGER } });
      expect(corsOf(ofStranger).credentials).toBeNull();
    }
  });

  it('routes of the host, and ours that are for the user in person, are left to the host', async () => {
    const url = await start((app) => app.enableCors({ origin: TRUSTED, credentials: true }));
    for (const path of ['/shop/fails', '/api/auth/get-session', '/api/auth/oauth2/consent']) {
      const answer = await send(`${url}${path}`, { headers: { origin: TRUSTED } });
      expect(corsOf(answer)).toEqual({ origin: TRUSTED, credentials: 'true' });
      expect(namesIn(answer, 'access-control-expose-headers')).not.toContain('www-authenticate');
    }
  });

  it('without CORS of the host those routes allow nobody', async () => {
    const url = await start(() => undefined);
    for (const path of ['/api/auth/get-session', '/api/auth/oauth2/introspect', '/api/auth/oauth2/register']) {
      expect(corsOf(await send(`${url}${path}`, { headers: { origin: OF_CLIENT } })).origin).toBeNull();
      expect(corsOf(await preflight(`${url}${path}`, OF_CLIENT)).origin).toBeNull();
    }
  });

  it('a global prefix moves the routes and what is allowed on them', async () => {
    const url = await start((app) => app.setGlobalPrefix('v1'));
    const answer = await preflight(`${url}/v1/api/auth/oauth2/token`, OF_CLIENT);
    expect([answer.status, corsOf(answer).origin]).toEqual([204, OF_CLIENT]);
  });

  it('with the host’s security headers and CSRF protection a script of a public client posts to the token endpoint', async () => {
    const url = await start((app) => {
      app.enableCors({ origin: TRUSTED, credentials: true });
      app.useSecurityHeaders();
      app.enableCsrfProtection({ exclude: authCsrfExclusions(app) });
    });
    for (const route of ['oauth2/token', 'oauth/token', 'oauth2/userinfo', 'oauth/userinfo']) {
      const answer = await send(`${url}/api/auth/${route}`, {
        body: new URLSearchParams({ a: 'b' }),
        headers: { origin: OF_CLIENT, 'sec-fetch-site': 'cross-site' },
      });
      expect([answer.status, corsOf(answer).origin]).toEqual([route.endsWith('token') ? 400 : 401, OF_CLIENT]);
    }
  });

  it('a public client that registers is allowed at once, and one that ends no longer', async () => {
    const url = await start(() => undefined);
    const origin = 'https://late.example';
    const at = `${url}/api/auth/oauth2/token`;
    expect(corsOf(await preflight(at, origin)).origin).toBeNull();
    await host.app.get(Database).transaction(async (tx) => {
      await host.app.get(ClientStore).insert(tx, {
        clientId: 'late',
        registeredBy: 'open',
        ownerId: null,
        metadata: {
          redirect_uris: [`${origin}/callback`],
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code'],
          response_types: ['code'],
          application_type: 'web',
        },
        policy: {},
        secret: null,
        registrationTokenHash: null,
      });
      host.app.get(TokenRevoker).invalidate(tx, [tag('client', 'late')]);
    });
    expect(corsOf(await preflight(at, origin)).origin).toBe(origin);
    await host.app.get(SubjectLifecycle).end('client:late', 'disabled');
    await host.app.get(Database).transaction(async (tx) => {
      host.app.get(TokenRevoker).invalidate(tx, [tag('client', 'late')]);
    });
    expect(corsOf(await preflight(at, origin)).origin).toBeNull();
  });

  it('when the database cannot tell: nothing is allowed, nobody is kept waiting, and it is asked again', async () => {
    const url = await start(() => undefined);
    const at = `${url}/api/auth/oauth2/token`;
    const origin = 'https://unknown.example';
    await host.sql('ALTER TABLE auth_oauth_client RENAME TO away');
    const asked = await preflight(at, origin);
    expect([asked.status, corsOf(asked).origin]).toEqual([204, null]);
    const posted = await send(at, { body: { grant_type: 'x' }, headers: { origin } });
    expect([posted.status, posted.body.error, corsOf(posted).origin]).toEqual([503, 'temporarily_unavailable', null]);
    await host.sql('ALTER TABLE away RENAME TO auth_oauth_client');
    expect((await send(at, { body: { grant_type: 'x' }, headers: { origin } })).status).toBe(401);
  });
});

describe('corsOrigins', () => {
  it('a listed origin that browsers would never send stops the boot, with the option and the remedy', () => {
    const settings = () =>
      resolveOAuthProviderOptions({ corsOrigins: ['https://app.example/path'] }, resolveCoreOptions(testOptions()));
    expect(settings).toThrow(/^oauthProvider\.corsOrigins: .* is not an origin\. Give scheme:\/\/host/);
  });
});
