import { Controller, Get } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { OAuthClientsService } from 'nest-authority';
import { BearerAuth, CurrentPrincipal, CurrentUser, type AuthPrincipal, type UserDirectory } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import {
  createOAuthApp,
  MACHINE,
  proof,
  RESOURCE_SERVER,
  submit,
  tokensFor,
  WEB,
  API,
} from '../support/client-auth.js';
import { send } from '../support/http.js';
import { keepLogs } from '../support/logs.js';
import { signUp } from '../support/users.js';

const JWT_MACHINE = { ...MACHINE, clientId: 'jwt-machine', accessTokenFormat: 'jwt' as const };
const SPARE = { ...MACHINE, clientId: 'spare' };

@Controller('host')
class HostController {
  @Get('who') @BearerAuth() who(@CurrentPrincipal() principal: AuthPrincipal, @CurrentUser() user: unknown) {
    const { kind, subjectId, clientId, sessionId, authenticatedAt } = principal;
    return { kind, subjectId, clientId, sessionId, authenticatedAt, user };
  }
}

/** A directory of a host whose users have names for ids. */
class NamedUsers implements UserDirectory {
  readonly ids = new Set<string>();
  asked = 0;

  find(id: string) {
    this.asked++;
    const at = new Date(0);
    const user = { id, email: `${id}@example.com`, emailVerified: true, name: id, createdAt: at, updatedAt: at };
    return Promise.resolve(this.ids.has(id) ? user : null);
  }

  findByEmail() {
    return Promise.resolve(null);
  }
}

const grant = { grant_type: 'client_credentials' };
const who = (host: TestApp, bearer: string) => send(`${host.url}/host/who`, { bearer });

describe('RFC 9700 4.15: the subject of a client is no user', () => {
  let host: TestApp;
  beforeAll(async () => {
    const clients = [MACHINE, JWT_MACHINE, WEB, RESOURCE_SERVER];
    host = await createOAuthApp({ clients, controllers: [HostController] });
  });
  afterAll(() => host.close());

  it.each([MACHINE, JWT_MACHINE])(
    'T138 a token of $clientId has no user, no sign-in and no session',
    async (client) => {
      const { body } = await submit(host, 'oauth2/token', grant, proof(client));
      expect((await who(host, body.access_token)).body).toEqual({
        kind: 'client',
        subjectId: client.clientId,
        clientId: client.clientId,
        sessionId: null,
        authenticatedAt: null,
        user: null,
      });
    },
  );

  it('T138 nor does what resource servers read of it: no auth_time, acr, amr, sid or roles', async () => {
    const ofUsers = ['auth_time', 'acr', 'amr', 'sid', 'roles'];
    for (const client of [MACHINE, JWT_MACHINE]) {
      const { body } = await submit(host, 'oauth2/token', { ...grant, resource: API }, proof(client));
      const told = await submit(host, 'oauth2/introspect', { token: body.access_token }, proof(RESOURCE_SERVER));
      expect(told.body).toMatchObject({ active: true, sub: client.clientId, client_id: client.clientId });
      expect(Object.keys(told.body).filter((name) => ofUsers.includes(name))).toEqual([]);
    }
    const { body } = await submit(host, 'oauth2/token', grant, proof(JWT_MACHINE));
    expect(Object.keys(decodeJwt(body.access_token)).filter((name) => ofUsers.includes(name))).toEqual([]);
  });

  it('T138 a token of a user, by any client, has one', async () => {
    const ada = await signUp(host.url);
    const { access_token: token } = await tokensFor(host, WEB, ada);
    expect((await who(host, token)).body).toMatchObject({ kind: 'user', subjectId: ada.id, user: { id: ada.id } });
  });

  it('T138 a seed cannot take the id of a user', async () => {
    const { id } = await signUp(host.url);
    const seed = { client_id: id, client_secret: 'secret of nobody', redirect_uris: ['https://x.example/cb'] };
    await expect(host.app.get(OAuthClientsService).seed([seed])).rejects.toThrow(/client_id: a user has this id/);
    expect(await host.sql('SELECT FROM auth_oauth_client WHERE client_id = $1', [id])).toEqual([]);
  });
});

describe('RFC 9700 4.15: where a host names its users', () => {
  const users = new NamedUsers();
  let host: TestApp;
  beforeAll(async () => {
    users.ids.add('machine').add('jwt-machine');
    const clients = [MACHINE, JWT_MACHINE, SPARE];
    host = await createOAuthApp({ clients, auth: { accounts: { users }, cacheTtl: '60s' } });
  });
  afterAll(() => host.close());

  it.each([MACHINE, JWT_MACHINE])(
    'T138 $clientId of the options, which is also a user, gets nothing for itself',
    async (client) => {
      const logs = keepLogs(host);
      const { status, body } = await submit(host, 'oauth2/token', grant, proof(client));
      expect([status, body.error]).toEqual([400, 'unauthorized_client']);
      expect(await host.sql('SELECT FROM auth_token')).toEqual([]);
      const told = logs.filter(({ level }) => level === 'error').map(({ text }) => text);
      expect(told).toEqual([expect.stringContaining(`The client "${client.clientId}" has the id of a user`)]);
    },
  );

  it('T138 others do, and the directory is asked once per reading of a client', async () => {
    const before = users.asked;
    for (let i = 0; i < 3; i++) expect((await submit(host, 'oauth2/token', grant, proof(SPARE))).status).toBe(200);
    expect(users.asked - before).toBe(1);
  });
});
