import { Controller, Get, UseGuards, type CanActivate } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import { AuthGuard, BearerAuth, Public } from '../../src/index.js';
import { createAuthDocument } from '../../src/swagger/index.js';
import { operationsOf, type ApiDocument } from '../support/api-document.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { providerOptions } from '../support/oauth.js';

@Controller('host')
class HostController {
  @Get('plain')
  plain() {
    return {};
  }
  @Get('public')
  @Public()
  open() {
    return {};
  }
  @Get('bearer')
  @BearerAuth()
  bearer() {
    return {};
  }
}

class OwnGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Controller('guarded')
class GuardedController {
  @Get('theirs')
  @UseGuards(OwnGuard)
  theirs() {
    return {};
  }
  @Get('ours')
  @UseGuards(AuthGuard)
  ours() {
    return {};
  }
}

/** A host that has its routes in a class of its own. */
class Base {
  @Get('inherited')
  inherited() {
    return {};
  }
}
@Controller('closed')
@BearerAuth()
class ClosedController extends Base {}
@Controller('opened')
@Public()
class OpenedController extends Base {}

const documentOf = (host: TestApp) =>
  createAuthDocument(host.app, new DocumentBuilder().build()) as unknown as ApiDocument;

describe('F34: the security of the API document is what the guards do', () => {
  let host: TestApp;
  afterEach(() => host.close());

  it('401 a route without a decorator is closed under APP_GUARD, @Public is open', async () => {
    host = await createTestApp({
      controllers: [HostController],
      providers: [{ provide: APP_GUARD, useExisting: AuthGuard }],
    });
    const { paths } = documentOf(host);
    const security = (path: string) => paths[path]!['get']!.security;
    const status = async (path: string) => (await send(host.url + path)).status;
    expect([await status('/host/plain'), security('/host/plain')]).toEqual([401, [{ bearer: [] }, { apiKey: [] }]]);
    expect([await status('/host/public'), security('/host/public')]).toEqual([200, []]);
    expect([await status('/host/bearer'), security('/host/bearer')]).toEqual([401, [{ bearer: [] }]]);
    expect(Object.keys(paths['/host/plain']!['get']!.responses)).toEqual(expect.arrayContaining(['200', '401', '503']));
    // Our own routes say themselves who may call them.
    expect(security('/api/auth/get-session')).toContainEqual({});
    expect(paths['/api/auth/sign-in/email']!['post']!.security).toEqual([]);
  });

  it('200 without APP_GUARD it is open; what a guard of the host asks is left to the host', async () => {
    host = await createTestApp({ controllers: [HostController, GuardedController] });
    const { paths } = documentOf(host);
    expect(paths['/host/plain']!['get']!.security).toEqual([]);
    expect(paths['/guarded/theirs']!['get']!.security).toBeUndefined();
    expect(paths['/guarded/ours']!['get']!.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
  });

  it('a route that two controllers inherit has the security of each', async () => {
    host = await createTestApp({ controllers: [ClosedController, OpenedController] });
    const { paths } = documentOf(host);
    expect(paths['/closed/inherited']!['get']!.security).toEqual([{ bearer: [] }]);
    expect(paths['/opened/inherited']!['get']!.security).toEqual([]);
  });

  it('RFC 6749 2.3 clients authenticate at token, introspection, revocation and device code; RFC 7592 by their own token', async () => {
    host = await createTestApp({ auth: { ...providerOptions(), device: {} } });
    const document = documentOf(host);
    const security = (path: string, method = 'post') => document.paths[`/api/auth${path}`]![method]!.security;
    for (const path of ['/oauth2/token', '/oauth2/introspect', '/oauth2/revoke', '/device/code', '/device/token'])
      expect([path, security(path)]).toEqual([path, [{ clientBasic: [] }, {}]]);
    expect(security('/oauth2/register/{clientId}', 'put')).toEqual([{ registrationAccessToken: [] }]);
    expect(security('/oauth2/register')).toContainEqual({ initialAccessToken: [] });
    expect(security('/oauth2/userinfo', 'get')).toEqual([{ oauth2: ['openid'] }, { bearer: [] }]);
    const unsaid = operationsOf(document).filter(({ operation }) => operation.security === undefined);
    expect(unsaid).toEqual([]);
  });

  it('leaves the classes of the host as they were: a document that the host makes itself has no mark of ours', async () => {
    host = await createTestApp({ controllers: [HostController] });
    const before = documentOf(host);
    expect(JSON.stringify(before)).not.toContain('x-nest-authority');
    const keys = Reflect.getMetadataKeys(HostController.prototype.plain);
    expect(keys.filter((key) => String(key).startsWith('swagger/'))).toEqual([]);
    expect(documentOf(host)).toEqual(before);
  });
});
