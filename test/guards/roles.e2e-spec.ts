import { Controller, Get } from '@nestjs/common';
import { BearerAuth, Roles } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { signUp } from '../support/users.js';

const issuer = await new OutsideIssuer().start();

@Controller('reports')
class ReportsController {
  @Get() @BearerAuth({ issuer: [TEST_ISSUER, issuer.url] }) @Roles('admin', 'owner') list() {
    return { reached: true };
  }
  @Get('alone') @Roles('admin') alone() {
    return { reached: true };
  }
}

describe('@Roles beside our own credentials', () => {
  let host: TestApp;
  beforeAll(async () => {
    const trustedIssuers = [{ issuer: issuer.url, audience: 'api', roles: 'realm_access.roles' }];
    host = await createTestApp({
      controllers: [ReportsController],
      auth: { allowPrivateNetwork: true, jwt: { trustedIssuers } },
    });
  });
  afterAll(async () => {
    await host.close();
    await issuer.stop();
  });
  const list = (bearer: string, path = 'reports') => send(`${host.url}/${path}`, { bearer });
  const theirs = (roles: unknown) => issuer.token({ aud: 'api', realm_access: { roles } });

  it('200 a token of a trusted issuer with one of the roles; 403 without', async () => {
    expect((await list(await theirs(['owner']))).status).toBe(200);
    const refused = await list(await theirs(['reader']));
    expect(refused.body).toMatchObject({ code: 'FORBIDDEN', details: { requiredRoles: ['admin', 'owner'] } });
  });

  it('403 our own credentials have no roles; 401 a route with @Roles alone is guarded', async () => {
    const { token } = await signUp(host.url);
    expect((await list(token)).status).toBe(403);
    expect((await list(token, 'reports/alone')).status).toBe(403);
    expect((await send(`${host.url}/reports/alone`)).status).toBe(401);
  });

  it('names none, or an empty one: the class does not load', () => {
    expect(() => Roles()).toThrow(/give one role or more/);
    expect(() => Roles('')).toThrow(/give one role or more/);
  });
});
