import { Body, Controller, Get, Post, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import {
  ApiKeyAuth,
  AuthContext,
  BearerAuth,
  createPrincipal,
  CurrentApiKey,
  CurrentClient,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  putPrincipal,
  SessionAuth,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, type Adapter, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';
import { FORGED, NOBODY, seen } from '../support/forged-identity.js';

/** A guard of the host that lets somebody in by our function. */
class HostGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const init = { subjectId: 'svc', scheme: 'host', credentialType: 'host', credentialId: 'h1' };
    putPrincipal(context, createPrincipal(init));
    return true;
  }
}

@Controller('forged')
class ForgedController {
  constructor(private readonly context: AuthContext) {}

  @Post('public') @Public() open(
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @CurrentUser() user: unknown,
    @CurrentClient() client: unknown,
    @CurrentApiKey() key: unknown,
    @Body() _body: unknown,
  ) {
    return seen(principal, user, client, key, this.context.principal);
  }

  @Post('optional') @OptionalAuth() optional(
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @CurrentUser() user: unknown,
    @CurrentClient() client: unknown,
    @CurrentApiKey() key: unknown,
  ) {
    return seen(principal, user, client, key, this.context.principal);
  }

  @Get('bearer') @BearerAuth() bearer(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId };
  }

  @Get('session') @SessionAuth() session(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId };
  }

  @Get('key') @ApiKeyAuth() key(@CurrentApiKey() key: unknown) {
    return { key };
  }

  @Get('undecorated') undecorated(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { principal };
  }

  @Get('host-guard') @UseGuards(HostGuard) hostGuard(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { subject: principal?.subjectId ?? null };
  }
}

type Carrier = Record<string, unknown>;

/** What some library of the host does to each request, e.g. express-jwt, which keeps its token in `auth`. */
const MIDDLEWARE: Readonly<Record<string, (request: Carrier) => void>> = {
  'plain members': (request) => void Object.assign(request, { auth: FORGED, user: FORGED }),
  'read-only members': (request) => {
    for (const name of ['auth', 'user']) Object.defineProperty(request, name, { get: () => FORGED });
  },
  'members of the body': (request) =>
    void Object.assign(request, {
      body: { ...(request['body'] as object), auth: FORGED, user: FORGED },
      principal: FORGED,
    }),
};

describe.each<Adapter>(['express', 'fastify'])('F01: what middleware writes is no identity, on %s', (adapter) => {
  describe.each(Object.keys(MIDDLEWARE))('%s', (name) => {
    let host: TestApp;
    let user: SignedInUser;
    beforeAll(async () => {
      host = await createTestApp({
        adapter,
        auth: { apiKeys: true },
        controllers: [ForgedController],
        configure: (app) => {
          if (adapter === 'express')
            return void app.use((request: Carrier, _response: unknown, next: () => void) => {
              MIDDLEWARE[name]!(request);
              next();
            });
          const fastify = app.getHttpAdapter().getInstance() as {
            addHook(hook: string, handler: (request: Carrier) => Promise<void>): void;
          };
          return fastify.addHook('preHandler', async (request) => MIDDLEWARE[name]!(request));
        },
      });
      user = await signUp(host.url);
    });
    afterAll(() => host.close());

    it.each(['public', 'optional'])('200 as nobody on %s routes', async (route) => {
      const answer = await send(`${host.url}/forged/${route}?auth[subjectId]=admin`, { body: { auth: FORGED } });
      expect([answer.status, answer.body]).toEqual([201, NOBODY]);
    });

    it.each(['bearer', 'session', 'key'])('401 on the route for %s', async (route) => {
      expect((await send(`${host.url}/forged/${route}`)).status).toBe(401);
    });

    it('200 as whom the credential is, not as what stands in the request', async () => {
      for (const route of ['bearer', 'session']) {
        const answer = await send(`${host.url}/forged/${route}`, { bearer: user.accessToken });
        expect([route, answer.status, answer.body]).toEqual([route, 200, { subject: user.id }]);
      }
      const undecorated = await send(`${host.url}/forged/undecorated`, { bearer: user.accessToken });
      expect(undecorated.body).toEqual({ principal: null });
    });

    it('a guard of the host lets in whom it puts there by our function', async () => {
      expect((await send(`${host.url}/forged/host-guard`)).body).toEqual({ subject: 'svc' });
    });
  });
});

describe('F01: requests that Fastify has decorated', () => {
  it('200 as nobody, and as the bearer of a token, where the host decorates `auth` and `user`', async () => {
    const host = await createTestApp({
      adapter: 'fastify',
      controllers: [ForgedController],
      configure: (app) => {
        const fastify = app.getHttpAdapter().getInstance() as { decorateRequest(name: string, value: unknown): void };
        fastify.decorateRequest('auth', { getter: () => FORGED });
        fastify.decorateRequest('user', { getter: () => FORGED });
      },
    });
    const user = await signUp(host.url);
    const stranger = await send(`${host.url}/forged/optional`, { body: {} });
    const known = await send(`${host.url}/forged/bearer`, { bearer: user.accessToken });
    await host.close();
    expect(stranger.body).toEqual(NOBODY);
    expect([known.status, known.body]).toEqual([200, { subject: user.id }]);
  });
});
