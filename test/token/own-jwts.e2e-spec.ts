import { Controller, Get } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  AuthEvents,
  BearerAuth,
  JwtService,
  SigningKeys,
  type AnyAuthEvent,
  type StaticClientOptions,
} from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { administer, AdminGuard } from '../support/clients.js';
import { send } from '../support/http.js';
import { connectSql, waitForListeners } from '../support/sql-client.js';
import { sweep } from '../support/sweep.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

const { API, MACHINE, RESOURCE_SERVER, RIVAL, WEB, proof } = oauth;
const OWN = { ...MACHINE, clientId: 'own', accessTokenFormat: 'jwt' as const };
const DOOMED = { ...OWN, clientId: 'doomed' };
const UNHEARD = { ...OWN, clientId: 'unheard' };
const JWT_WEB = { ...WEB, accessTokenFormat: 'jwt' as const };
const CLIENTS = [MACHINE, OWN, DOOMED, UNHEARD, RIVAL, JWT_WEB, RESOURCE_SERVER];

@Controller('host')
class HostController {
  @Get('open')
  @BearerAuth()
  open() {
    return {};
  }
}

describe.each(['express', 'fastify'] as const)("clients' own tokens that are JWTs, on %s (ADR 15)", (adapter) => {
  let host: TestApp;
  /** Another process on the same database. */
  let second: TestApp;
  const events: AnyAuthEvent[] = [];
  beforeAll(async () => {
    const auth = { cacheTtl: '60s', administration: { guard: new AdminGuard() } } as const;
    const options = { adapter, clients: CLIENTS, controllers: [HostController], auth };
    host = await oauth.createOAuthApp(options);
    second = await oauth.createOAuthApp({ ...options, databaseUrl: host.databaseUrl });
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
    const sql = await connectSql(host.databaseUrl);
    await waitForListeners(sql, 2);
    await sql.close();
  });
  afterAll(async () => {
    await second.close();
    await host.close();
  });
  beforeEach(() => events.splice(0));

  const obtain = async (client: StaticClientOptions, fields: Record<string, string> = {}, from = host) => {
    const form = { grant_type: 'client_credentials', ...fields };
    const { status, body } = await oauth.submit(from, 'oauth2/token', form, proof(client));
    expect(status).toBe(200);
    return body as { access_token: string; expires_in: number; expires_at: number };
  };
  const opens = async (bearer: string, at = host) => (await send(`${at.url}/host/open`, { bearer })).status;
  const introspect = async (client: StaticClientOptions, token: string, at = host) =>
    (await oauth.submit(at, 'oauth2/introspect', { token }, proof(client))).body as Record<string, unknown>;
  const revoke = (client: StaticClientOptions, token: string) =>
    oauth.submit(host, 'oauth2/revoke', { token }, proof(client));
  const rows = async () =>
    (
      await host.sql(`SELECT (SELECT count(*) FROM auth_token)::int AS tokens, (SELECT count(*) FROM auth_token_family)::int AS families,
                        (SELECT count(*) FROM auth_revoked_jwt)::int AS revoked`)
    )[0];

  it('no row and no statement; it names the epoch of its client, and ends when its answer says', async () => {
    await obtain(OWN);
    const during = oauth.watchStatements(host);
    const before = await rows();
    let answer = await obtain(OWN);
    expect(await during(async () => (answer = await obtain(OWN)))).toEqual([]);
    expect(await rows()).toEqual(before);
    const { exp, iat, sub, client_epoch: epoch } = decodeJwt(answer.access_token);
    expect([sub, epoch]).toEqual(['own', 0]);
    expect([exp, exp! - iat!]).toEqual([answer.expires_at, answer.expires_in]);
  });

  it('a token of a user keeps its row, and names no epoch', async () => {
    const { access_token: token } = await oauth.tokensFor(host, JWT_WEB, await signUp(host.url));
    const { jti, client_epoch: epoch } = decodeJwt(token);
    expect(epoch).toBeUndefined();
    expect(await host.sql('SELECT client_epoch FROM auth_token WHERE id = $1', [jti])).toEqual([
      { client_epoch: null },
    ]);
  });

  it('the guard asks once, by one statement', async () => {
    const { access_token: token } = await obtain(OWN);
    const during = oauth.watchStatements(host);
    expect(await during(() => opens(token))).toEqual(['auth_own_jwt_lives']);
    expect(await during(() => opens(token))).toEqual([]);
    expect(await opens(token)).toBe(200);
  });

  it('RFC 7662 2.2 introspection says what it says, by one statement', async () => {
    const { access_token: token } = await obtain(OWN, { resource: API, scope: 'reports:read' });
    const { exp, iat, jti } = decodeJwt(token);
    await introspect(RESOURCE_SERVER, token);
    const during = oauth.watchStatements(host);
    expect(await during(() => introspect(RESOURCE_SERVER, token))).toEqual(['auth_own_jwt_lives']);
    for (const client of [RESOURCE_SERVER, OWN])
      expect(await introspect(client, token)).toEqual({
        active: true,
        iss: TEST_ISSUER,
        sub: 'own',
        aud: API,
        client_id: 'own',
        azp: 'own',
        scope: 'reports:read',
        exp,
        iat,
        jti,
        token_type: 'Bearer',
      });
    expect((await introspect(OWN, (await obtain(OWN)).access_token))['aud']).toBe(TEST_ISSUER);
  });

  it('T087 a client that it is not meant for learns nothing', async () => {
    const { access_token: token } = await obtain(OWN);
    for (const other of [RIVAL, RESOURCE_SERVER]) expect(await introspect(other, token)).toEqual({ active: false });
  });

  it('T106 it is about nobody: userinfo refuses it', async () => {
    const { access_token: bearer } = await obtain(OWN);
    expect((await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer })).status).toBe(403);
  });

  it('T107 T088 it ends when its client is disabled, at once here and soon there, and for good', async () => {
    const { access_token: token } = await obtain(DOOMED);
    expect([await opens(token), await opens(token, second)]).toEqual([200, 200]);
    expect((await administer(host, 'POST', 'oauth-clients/doomed/disable')).status).toBe(200);
    expect(await opens(token)).toBe(401);
    await until('the other process has heard', async () => (await opens(token, second)) === 401);
    expect((await oauth.submit(host, 'oauth2/token', { grant_type: 'client_credentials' }, proof(DOOMED))).status).toBe(
      401,
    );
    expect((await administer(host, 'POST', 'oauth-clients/doomed/enable')).status).toBe(200);
    for (const at of [host, second]) {
      expect(await opens(token, at)).toBe(401);
      expect(await introspect(DOOMED, token, at)).toEqual({ active: false });
    }
    const { access_token: next } = await obtain(DOOMED);
    expect([decodeJwt(next)['client_epoch'], await opens(next), await opens(next, second)]).toEqual([1, 200, 200]);
  });

  it('T107 a process that has not heard of the end of a client gives tokens that are dead', async () => {
    await obtain(UNHEARD);
    // Not by the application, so that nobody is told.
    await host.sql(`UPDATE auth_subject SET epoch = epoch + 1, disabled_at = now() WHERE subject = 'client:unheard'`);
    const { access_token: token } = await obtain(UNHEARD);
    expect(await opens(token)).toBe(401);
    expect(await introspect(UNHEARD, token)).toEqual({ active: false });
    await host.sql(`UPDATE auth_subject SET disabled_at = NULL WHERE subject = 'client:unheard'`);
    expect(await opens(token, second)).toBe(401);
  });

  it.each(['its client', 'the host'])(
    'T089 RFC 7009 2.1 %s ends one token, at once here and soon there',
    async (who) => {
      const [{ access_token: token }, { access_token: other }] = [await obtain(OWN), await obtain(OWN)];
      expect([await opens(token), await opens(token, second)]).toEqual([200, 200]);
      for (let time = 0; time < 2; time++)
        if (who === 'the host') await host.app.get(JwtService).revoke(token);
        else expect((await revoke(OWN, token)).status).toBe(200);
      expect(await opens(token)).toBe(401);
      await until('the other process has heard', async () => (await opens(token, second)) === 401);
      expect(await introspect(OWN, token, second)).toEqual({ active: false });
      expect([await opens(other), (await introspect(OWN, other))['active']]).toEqual([200, true]);
      const reason = who === 'the host' ? 'revoked by the host' : 'revoked by its client';
      const heard = events.filter(({ name }) => name === 'tokens.revoked').map(({ event }) => event);
      expect(heard).toEqual([{ selector: 'tokenId', id: decodeJwt(token).jti, reason }]);
    },
  );

  it('T089 2.2 others end nothing; what is forged or has expired is not kept', async () => {
    const { access_token: token } = await obtain(OWN);
    const [head, body] = token.split('.') as [string, string];
    const before = await rows();
    for (const client of [RIVAL, MACHINE]) expect((await revoke(client, token)).status).toBe(200);
    for (const forged of [`${head}.${body}.${'A'.repeat(86)}`, `${token}x`]) {
      expect((await revoke(OWN, forged)).status).toBe(200);
      expect([await opens(forged), await introspect(OWN, forged)]).toEqual([401, { active: false }]);
    }
    expect([await rows(), await opens(token)]).toEqual([before, 200]);
  });

  it('T120 the note of a revocation stays until the token has expired, and then goes', async () => {
    const { access_token: token, expires_at: exp } = await obtain(OWN);
    await revoke(OWN, token);
    const { jti } = decodeJwt(token);
    const left = () =>
      host.sql<{ until: number }>(
        'SELECT extract(epoch FROM expires_at)::float8 AS until FROM auth_revoked_jwt WHERE jti = $1',
        [jti],
      );
    expect((await left())[0]!.until).toBeGreaterThanOrEqual(exp);
    await sweep(host);
    expect(await left()).toHaveLength(1);
    await host.sql(`UPDATE auth_revoked_jwt SET expires_at = now() - interval '1 second' WHERE jti = $1`, [jti]);
    await sweep(host);
    expect(await left()).toEqual([]);
  });

  it('tokens.issued tells of it, and of an opaque one; neither has a family', async () => {
    await obtain(OWN, { scope: 'reports:read' });
    await obtain(MACHINE, { scope: 'reports:read' });
    const heard = events.filter(({ name }) => name === 'tokens.issued').map(({ event }) => event);
    expect(heard).toEqual(
      ['own', 'machine'].map((clientId) => ({
        familyId: null,
        subjectId: clientId,
        clientId,
        source: 'client_credentials',
        scopes: ['reports:read'],
      })),
    );
  });

  it('an opaque one of a client is one row: guard, introspection and revocation know it by that', async () => {
    const before = (await rows())!;
    const { access_token: token } = await obtain(MACHINE);
    expect(await rows()).toEqual({ ...before, tokens: (before['tokens'] as number) + 1 });
    expect([await opens(token), await opens(token, second)]).toEqual([200, 200]);
    expect(await introspect(MACHINE, token)).toMatchObject({ active: true, sub: 'machine', client_id: 'machine' });
    await revoke(RIVAL, token);
    expect(await opens(token)).toBe(200);
    await revoke(MACHINE, token);
    expect([await opens(token), await introspect(MACHINE, token)]).toEqual([401, { active: false }]);
    await until('the other process has heard', async () => (await opens(token, second)) === 401);
    await host.sql(`UPDATE auth_token SET expires_at = now() - interval '2 hours' WHERE client_id = 'machine'`);
    await sweep(host);
    expect(await host.sql(`SELECT id FROM auth_token WHERE client_id = 'machine'`)).toEqual([]);
  });

  it('RFC 7662 4 its key is withdrawn: inactive, and it opens nothing', async () => {
    const { access_token: token } = await obtain(OWN);
    expect(await opens(token)).toBe(200);
    await host.app.get(SigningKeys).revoke(decodeProtectedHeader(token).kid!);
    expect([await opens(token), await introspect(OWN, token)]).toEqual([401, { active: false }]);
  });
});
