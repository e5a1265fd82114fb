import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  AuthCaches,
  AuthError,
  AuthGuard,
  BearerAuth,
  CurrentPrincipal,
  Public,
  ResourceServerModule,
  Roles,
  type AuthPrincipal,
  type ResolvedPrincipal,
  type ResourceServerOptions,
} from '../../src/resource-server/index.js';
import { AuthModule } from '../../src/index.js';
import { TEST_SECRET } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

const issuer = await new OutsideIssuer().start();
const second = await new OutsideIssuer().start();
afterAll(() => Promise.all([issuer.stop(), second.stop()]));

@Controller('staff')
@BearerAuth()
@Roles('staff')
class StaffController {
  @Get() list() {
    return { reached: true };
  }
  @Get('admin') @Roles('admin') admin() {
    return { reached: true };
  }
}

@Controller('second')
class SecondController {
  @Get() @BearerAuth({ issuer: second.url }) only(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }
}

@Controller('bare')
class BareController {
  @Get() bare() {
    return { reached: true };
  }
  @Get('open') @Public() open() {
    throw new AuthError({ status: 402, code: 'PLAN_EXHAUSTED', description: 'No reports left' });
  }
}

@Injectable()
class Directory {
  asked = 0;
  find(subjectId: string) {
    this.asked++;
    return subjectId === 'user-ann' ? { id: subjectId, name: 'Ann' } : null;
  }
}

@Module({ providers: [Directory], exports: [Directory] })
class DirectoryModule {}

const issuers = [{ issuer: issuer.url, roles: 'groups' }, { issuer: second.url }];

describe('principals of a resource server', () => {
  let host: ResourceServer;
  let resolved = 0;
  beforeAll(async () => {
    host = await createResourceServer({} as ResourceServerOptions, {
      module: ResourceServerModule.forRootAsync({
        imports: [DirectoryModule],
        inject: [Directory],
        useFactory: (directory: Directory) => ({
          issuers,
          audience: API,
          allowPrivateNetwork: true,
          roles: ({ permissions }) => permissions as string[],
          loadUser: (principal) => directory.find(principal.subjectId),
          resolvePrincipal: async (claims, { issuer: iss, principal }) => {
            resolved++;
            if (claims['blocked']) return null;
            if (claims['broken']) throw new Error('the host has a bug');
            if (claims['answer']) return claims['answer'] as ResolvedPrincipal;
            if (claims['mapped'] === undefined) return {};
            const forged = { issuer: null, audience: ['x'], expiresAt: null, scheme: 'session' };
            return {
              ...forged,
              subjectId: `user-${claims['mapped']}`,
              scopes: [...principal.scopes, 'extra'],
              claims: { iss },
            };
          },
        }),
      }),
      controllers: [StaffController, SecondController, BareController],
      providers: [{ provide: APP_GUARD, useExisting: AuthGuard }],
    });
  });
  afterAll(() => host.close());
  const get = (path: string, bearer?: string) => send(`${host.url}/${path}`, bearer === undefined ? {} : { bearer });
  const token = (claims: object = {}) => issuer.token({ aud: API, ...claims });

  it('resolvePrincipal maps subject, scopes and claims, once for each token; it changes neither issuer, audience nor expiry', async () => {
    resolved = 0;
    const bearer = await token({ mapped: 'ann', scope: 'read' });
    const { body } = await get('api/me', bearer);
    await get('api/me', bearer);
    expect(resolved).toBe(1);
    expect(body).toMatchObject({
      subjectId: 'user-ann',
      scopes: ['read', 'extra'],
      claims: { iss: issuer.url },
      issuer: issuer.url,
      audience: [API],
      scheme: 'bearer',
    });
    expect(body.expiresAt).not.toBeNull();
  });

  it('401 where it says null, also for a good token; 401 and never called for a bad one; its own faults are 500', async () => {
    expect((await get('api/me', await token({ blocked: true }))).status).toBe(401);
    resolved = 0;
    expect((await get('api/me', await token({ mapped: 'ann', aud: 'elsewhere' }))).status).toBe(401);
    expect(resolved).toBe(0);
    expect((await get('api/me', await token({ broken: true }))).status).toBe(500);
  });

  it.each<[string, object]>([
    ['an empty subject', { subjectId: '' }],
    ['a subject that is a number', { subjectId: 7 }],
    ['one role in place of a list, which would be read letter by letter', { roles: 'admin' }],
    ['scopes as one text', { scopes: 'reports:read' }],
  ])('500 where it gives %s', async (_name, answer) => {
    expect((await get('api/me', await token({ answer }))).status).toBe(500);
  });

  it('loadUser gives @CurrentUser and AuthContext.user, only where they are used; a client has no user', async () => {
    const directory = host.app.get(Directory, { strict: false });
    directory.asked = 0;
    const bearer = await token({ mapped: 'ann' });
    await get('api/me', bearer);
    expect(directory.asked).toBe(0);
    expect((await get('api/user', bearer)).body).toEqual({ user: { id: 'user-ann', name: 'Ann' } });
    expect((await get('api/context', bearer)).body.user).toEqual({ id: 'user-ann', name: 'Ann' });
    expect((await get('api/user', await token({ mapped: 'bob' }))).body).toEqual({ user: null });
    const client = await token({ sub: 'job', client_id: 'job' });
    expect((await get('api/user', client)).body).toEqual({ user: null });
  });

  it('403 @Roles: any of those it names, one of each of class and method; details say which', async () => {
    expect((await get('staff', await token({ groups: ['staff'] }))).status).toBe(200);
    expect((await get('staff/admin', await token({ groups: ['staff', 'admin'] }))).status).toBe(200);
    const lacking = await get('staff/admin', await token({ groups: ['staff'] }));
    expect([lacking.status, lacking.body]).toEqual([
      403,
      {
        code: 'FORBIDDEN',
        message: 'This route requires the role admin',
        statusCode: 403,
        error: 'access_denied',
        details: { requiredRoles: ['admin'] },
      },
    ]);
    expect((await get('staff/admin', await token({ groups: ['admin'] }))).body.details).toEqual({
      requiredRoles: ['staff'],
    });
    expect((await get('staff', await token({ groups: { staff: true } }))).status).toBe(403);
    expect((await get('staff')).status).toBe(401);
  });

  it('roles by a function, for issuers without a path of their own', async () => {
    const theirs = await second.token({ aud: API, permissions: ['owner'], groups: ['staff'] });
    expect((await get('api/admin', theirs)).body.roles).toEqual(['owner']);
    expect((await get('staff', theirs)).status).toBe(403);
  });

  it('401 a token of another issuer than the route names', async () => {
    expect((await get('second', await second.token({ aud: API }))).status).toBe(200);
    expect((await get('second', await token())).status).toBe(401);
  });

  it('as APP_GUARD: bare routes are guarded, public ones open; an AuthError of the host is rendered', async () => {
    expect((await get('bare')).headers.get('www-authenticate')).toBe('Bearer realm="api"');
    expect((await get('bare', await token())).status).toBe(200);
    const own = await get('bare/open');
    expect([own.status, own.body.code]).toEqual([402, 'PLAN_EXHAUSTED']);
  });

  it('a verified token is served from memory, which AuthCaches counts', async () => {
    const bearer = await token({ fresh: 1 });
    const statistics = () =>
      host.app
        .get(AuthCaches)
        .statistics()
        .find(({ name }) => name === 'credentials')!;
    await get('api/me', bearer);
    const before = statistics();
    await get('api/me', bearer);
    expect(statistics()).toMatchObject({ hits: before.hits + 1, misses: before.misses });
  });
});

it('a second forRoot with issuers of its own does not start: there is one guard, and it would take the tokens of one of them', async () => {
  const of = (url: string) =>
    ResourceServerModule.forRoot({ issuers: [{ issuer: url }], audience: API, allowPrivateNetwork: true });
  const message = await bootError(() => [of(issuer.url), of(second.url)]);
  expect(message).toMatch(/^ResourceServerModule is imported twice\. .*list all issuers/);
});

it('beside AuthModule the start says that one of them is enough', async () => {
  const core = { issuer: 'http://localhost:3000', secret: TEST_SECRET };
  const message = await bootError(() => [
    AuthModule.forRoot(core),
    ResourceServerModule.forRoot({ issuers, audience: API, allowPrivateNetwork: true }),
  ]);
  expect(message).toMatch(/^AuthModule verifies credentials here already.*jwt\.trustedIssuers/);
});
