import { decodeJwt, decodeProtectedHeader } from 'jose';
import { Database } from '../../src/common/database/database.js';
import { clientSubject } from '../../src/common/subjects/client-subject.js';
import { SubjectStore } from '../../src/common/subjects/subject.store.js';
import { TokenRevoker } from '../../src/common/tokens/token.revoker.js';
import {
  AuthModule,
  BearerAuth,
  CurrentPrincipal,
  Scopes,
  type AuthPrincipal,
  type StaticClientOptions,
} from '../../src/index.js';
import { Controller, Get } from '@nestjs/common';
import { createTestApp, TEST_ISSUER, testOptions, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { send } from '../support/http.js';
import { until } from '../support/until.js';
import { insertOldClient } from '../support/old-clients.js';

const BRIEF = 'https://brief.example.com';

@Controller('host')
class HostController {
  @Get('reports')
  @BearerAuth()
  @Scopes('reports:read')
  reports(@CurrentPrincipal() { kind, subjectId, clientId }: AuthPrincipal) {
    return { kind, subjectId, clientId };
  }

  @Get('brief')
  @BearerAuth({ audience: BRIEF })
  brief() {
    return {};
  }
}

const { MACHINE, WEB, SPA, API, proof } = oauth;
const JWT_MACHINE = { ...MACHINE, clientId: 'jwt-machine', accessTokenFormat: 'jwt' as const };
const DOOMED = { ...MACHINE, clientId: 'doomed' };
const BARE = { ...MACHINE, clientId: 'bare', clientCredentialsScopes: [], grantTypes: ['client_credentials'] };
const NAMED = {
  clientId: 'named',
  clientSecret: 'secret of named',
  grantTypes: ['client_credentials'],
  scopes: ['openid', 'reports:read', 'offline_access'],
};
const FORWARD = {
  ...MACHINE,
  clientId: 'forward',
  clientCredentialsScopes: ['openid', 'offline_access', 'reports:read'],
};
const PUBLIC = {
  ...SPA,
  clientId: 'public',
  grantTypes: ['client_credentials'],
  clientCredentialsScopes: ['reports:read'],
};

describe.each(['express', 'fastify'] as const)('client credentials on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    const resources = [{ resource: API }, { resource: BRIEF, accessTokenTTL: '1s' }] as const;
    const clients = [MACHINE, JWT_MACHINE, DOOMED, BARE, NAMED, FORWARD, WEB];
    host = await oauth.createOAuthApp({
      adapter,
      clients,
      controllers: [HostController],
      auth: { cacheTtl: '60s', resources },
    });
    await insertOldClient(host, PUBLIC);
  });
  afterAll(() => host.close());

  const ask = (client: StaticClientOptions, fields: Record<string, string> = {}, route = 'oauth2/token') =>
    oauth.submit(host, route, { grant_type: 'client_credentials', ...fields }, proof(client));
  const reports = (bearer: string) => send(`${host.url}/host/reports`, { bearer });

  it.each(['oauth2/token', 'oauth/token'])('4.4.3 at %s: a bearer token, and nothing else', async (route) => {
    const answer = await ask(MACHINE, {}, route);
    expect([answer.status, Object.keys(answer.body).sort()]).toEqual([
      200,
      ['access_token', 'expires_at', 'expires_in', 'scope', 'token_type'],
    ]);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'reports:read reports:write' });
    expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
    const { body } = await reports(answer.body.access_token);
    expect(body).toEqual({ kind: 'client', subjectId: 'machine', clientId: 'machine' });
  });

  it('T106 sub is the client, also of a JWT (RFC 9068 2.2)', async () => {
    const { body } = await ask(JWT_MACHINE, { scope: 'reports:read' });
    expect(decodeProtectedHeader(body.access_token).typ).toBe('at+jwt');
    expect(decodeJwt(body.access_token)).toMatchObject({
      iss: TEST_ISSUER,
      sub: 'jwt-machine',
      client_id: 'jwt-machine',
      aud: TEST_ISSUER,
      scope: 'reports:read',
    });
    expect(decodeJwt(body.access_token)).not.toHaveProperty('sid');
    expect((await reports(body.access_token)).body).toMatchObject({ kind: 'client', subjectId: 'jwt-machine' });
  });

  it('RFC 8707 2: a resource is the audience; an unknown one is invalid_target', async () => {
    const { body } = await ask(JWT_MACHINE, { resource: API });
    expect(decodeJwt(body.access_token).aud).toBe(API);
    const { status, body: fault } = await ask(MACHINE, { resource: 'https://elsewhere.example' });
    expect([status, fault.error]).toEqual([400, 'invalid_target']);
  });

  it.each(['openid', 'offline_access', 'reports:read openid', 'reports:delete', 'email', 'a"b'])(
    'T106 scope %s is refused, and nothing is issued',
    async (scope) => {
      const before = await host.sql('SELECT count(*)::int AS n FROM auth_token');
      for (const client of [MACHINE, FORWARD]) {
        const { status, body } = await ask(client, { scope });
        expect([status, body.error]).toEqual([400, 'invalid_scope']);
      }
      expect(await host.sql('SELECT count(*)::int AS n FROM auth_token')).toEqual(before);
    },
  );

  it('T106 a client whose own scopes name openid and offline_access has them not', async () => {
    for (const client of [FORWARD, NAMED]) {
      const { body } = await ask(client);
      expect([body.scope, body.id_token, body.refresh_token]).toEqual(['reports:read', undefined, undefined]);
    }
  });

  it('T082 4.4: not for public clients, not without the grant, not without own scopes', async () => {
    const byName = await oauth.submit(host, 'oauth2/token', { grant_type: 'client_credentials', client_id: 'public' });
    for (const answer of [byName, await ask(WEB), await ask(BARE)])
      expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('one statement for an opaque token, none for a JWT', async () => {
    const during = oauth.watchStatements(host);
    for (const [client, statements] of [
      [MACHINE, ['auth_token_insert_own']],
      [JWT_MACHINE, []],
    ] as const) {
      await ask(client);
      expect(await during(() => ask(client))).toEqual(statements);
    }
  });

  it('T120 a JWT ends when the database says so, which allows no leeway', async () => {
    const { body } = await ask(JWT_MACHINE, { resource: BRIEF });
    expect(body.expires_in).toBe(1);
    const isOver = async () =>
      (await host.sql<{ over: boolean }>('SELECT now() >= to_timestamp($1) AS over', [body.expires_at]))[0]!.over;
    await until('the token has expired', isOver);
    expect((await send(`${host.url}/host/brief`, { bearer: body.access_token })).status).toBe(401);
    const form = { token: body.access_token };
    expect((await oauth.submit(host, 'oauth2/introspect', form, proof(JWT_MACHINE))).body).toEqual({ active: false });
  });

  it('what is written in one statement is never two, half of which would stay', async () => {
    const sql = { name: 'auth_test_one', text: 'SELECT 1 AS one' };
    const twice = host.app.get(Database).single(async (tx) => [await tx.query(sql, []), await tx.query(sql, [])]);
    await expect(twice).rejects.toThrow('a second statement');
    const tagged = host.app.get(Database).single(async (tx) => {
      await tx.query(sql, []);
      tx.invalidate(['client:x'], () => undefined);
    });
    await expect(tagged).rejects.toThrow('a second statement');
  });

  it('T107 a client that was disabled gets 401 at once, and its tokens open nothing', async () => {
    const { body } = await ask(DOOMED);
    expect((await reports(body.access_token)).status).toBe(200);
    await host.app.get(Database).transaction(async (tx) => {
      await host.app.get(SubjectStore).end(tx, clientSubject('doomed'), 'disabled');
      await host.app.get(TokenRevoker).revoke(tx, { clientId: 'doomed' }, 'disabled');
    });
    const refused = await ask(DOOMED);
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
    expect((await reports(body.access_token)).status).toBe(401);
  });
});

describe('client credentials without an authorization server', () => {
  it('boot, for what is fetched from others', async () => {
    const host = await createTestApp({ authModule: AuthModule.forRoot(testOptions({ clientCredentials: true })) });
    expect((await send(`${host.url}/api/auth/oauth2/token`, { body: {} })).status).toBe(404);
    await host.close();
  });

  it('T082 the grant is not offered where the capability is left out', async () => {
    const host = await oauth.createOAuthApp({ clients: [MACHINE], auth: { clientCredentials: false } });
    const { body } = await oauth.submit(host, 'oauth2/token', { grant_type: 'client_credentials' }, proof(MACHINE));
    expect(body.error).toBe('unsupported_grant_type');
    await host.close();
  });
});
