import { Controller, Get } from '@nestjs/common';
import { BearerAuth, type StaticClientOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { rotate } from '../support/client-tokens.js';
import { send } from '../support/http.js';
import { until } from '../support/until.js';
import { signUp, type SignedInUser } from '../support/users.js';

const { MACHINE, RIVAL, SPA, WEB, proof, tokensFor } = oauth;
const JWT_WEB = { ...WEB, clientId: 'jwt-web', accessTokenFormat: 'jwt' as const };
const CLIENTS = [WEB, JWT_WEB, RIVAL, SPA, MACHINE];
const OFFLINE = { scopes: ['email', 'offline_access'] };

@Controller('host')
class HostController {
  @Get('open')
  @BearerAuth()
  open() {
    return {};
  }
}

describe.each(['express', 'fastify'] as const)('revocation on %s', (adapter) => {
  let host: TestApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    const controllers = [HostController];
    host = await oauth.createOAuthApp({ adapter, clients: CLIENTS, controllers, auth: { cacheTtl: '60s' } });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  const revoke = (client: StaticClientOptions, fields: Record<string, string>, route = 'oauth2/revoke', to = host) =>
    client.clientSecret === undefined
      ? oauth.submit(to, route, { client_id: client.clientId, ...fields })
      : oauth.submit(to, route, fields, proof(client));
  const opens = async (token: string, to = host) => (await send(`${to.url}/host/open`, { bearer: token })).status;
  const refresh = (refreshToken: string, clientId: string) => rotate(host, refreshToken, clientId);
  const revoked = { error: 'invalid_grant', detail: 'refresh token: revoked' };

  it.each(['oauth2/revoke', 'oauth/revoke'])('F31: 2.2 at %s: 200 and JSON that says nothing', async (route) => {
    const { access_token: token } = await tokensFor(host, WEB, ada);
    const answer = await revoke(WEB, { token }, route);
    expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([200, '{}', 'no-store']);
    expect(await opens(token)).toBe(401);
  });

  it('2.1 an access token, opaque or JWT, ends at once; without a refresh token its grant too', async () => {
    for (const client of [WEB, JWT_WEB, SPA]) {
      const { access_token: token } = await tokensFor(host, client, ada);
      expect(await opens(token)).toBe(200);
      expect((await revoke(client, { token })).status).toBe(200);
      expect(await opens(token)).toBe(401);
    }
    const families = await host.sql(`SELECT revoked_reason FROM auth_token_family WHERE client_id IS NOT NULL`);
    expect(new Set(families.map((one) => one['revoked_reason']))).toEqual(new Set(['revoked by its client']));
  });

  it('2.1 an access token beside a refresh token ends alone', async () => {
    for (const client of [WEB, JWT_WEB]) {
      const { access_token: token, refresh_token: refreshToken } = await tokensFor(host, client, ada, OFFLINE);
      expect(await opens(token)).toBe(200);
      await revoke(client, { token });
      expect(await opens(token)).toBe(401);
      const next = await refresh(refreshToken!, client.clientId);
      expect(await opens(next!.accessToken)).toBe(200);
    }
  });

  it('T089 2.1 a refresh token ends its family with every access token', async () => {
    for (const client of [WEB, JWT_WEB, SPA]) {
      const { access_token: first, refresh_token: token } = await tokensFor(host, client, ada, OFFLINE);
      const next = await refresh(token!, client.clientId);
      const { accessToken: second, refreshToken: successor } = next!;
      expect([await opens(first), await opens(second)]).toEqual([200, 200]);
      expect((await revoke(client, { token: successor! })).status).toBe(200);
      expect([await opens(first), await opens(second)]).toEqual([401, 401]);
      await expect(refresh(successor!, client.clientId)).rejects.toMatchObject(revoked);
    }
  });

  it('T089 2.1 a refresh token that was rotated: the client wants the grant gone', async () => {
    const { refresh_token: token } = await tokensFor(host, WEB, ada, OFFLINE);
    const next = await refresh(token!, 'web');
    await revoke(WEB, { token: token! });
    expect(await opens(next!.accessToken)).toBe(401);
    await expect(refresh(next!.refreshToken!, 'web')).rejects.toMatchObject(revoked);
  });

  it('T072 T089 2.2 tokens of other clients and of nobody: 200 and no effect', async () => {
    const own = await tokensFor(host, WEB, ada, OFFLINE);
    const jwt = await tokensFor(host, JWT_WEB, ada);
    for (const other of [RIVAL, SPA, MACHINE])
      for (const token of [
        own.access_token,
        own.refresh_token!,
        jwt.access_token,
        ada.token,
        ada.accessToken,
        ada.refreshToken,
      ]) {
        const { status, text } = await revoke(other, { token });
        expect([status, text]).toEqual([200, '{}']);
      }
    for (const token of [own.access_token, jwt.access_token, ada.token, ada.accessToken])
      expect(await opens(token)).toBe(200);
    expect(await refresh(own.refresh_token!, 'web')).not.toBeNull();
    expect(
      (await send(`${host.url}/api/auth/token/refresh`, { body: { refreshToken: ada.refreshToken } })).status,
    ).toBe(200);
  });

  it.each(['x', 'naa_x', 'ey.ey.ey', `nar_${'a'.repeat(49)}`, 'é €', 'x'.repeat(16_000)])(
    'T089 2.2 a token that there is not (%#): 200',
    async (token) => {
      const { status, text } = await revoke(WEB, { token, token_type_hint: 'nonsense' });
      expect([status, text]).toEqual([200, '{}']);
    },
  );

  it('T089 2.2 revoked and expired before: 200', async () => {
    const { access_token: token, refresh_token: other } = await tokensFor(host, WEB, ada, OFFLINE);
    for (let time = 0; time < 3; time++) expect((await revoke(WEB, { token })).status).toBe(200);
    await host.sql(`UPDATE auth_token SET expires_at = now() - interval '1 second'`);
    expect((await revoke(WEB, { token: other! })).status).toBe(200);
  });

  it.each(['refresh_token', 'access_token', 'pat', 'urn:x'])(
    'T089 2.1 a hint of %s is ignored if wrong',
    async (hint) => {
      const tokens = await tokensFor(host, WEB, ada, OFFLINE);
      await revoke(WEB, { token: tokens.access_token, token_type_hint: hint });
      expect(await opens(tokens.access_token)).toBe(401);
      await revoke(WEB, { token: tokens.refresh_token!, token_type_hint: hint });
      await expect(refresh(tokens.refresh_token!, 'web')).rejects.toMatchObject(revoked);
    },
  );

  it('T078 2.1 a client proves itself, or nothing ends', async () => {
    const { access_token: token } = await tokensFor(host, WEB, ada);
    for (const fields of [
      { token },
      { token, client_id: 'web' },
      { token, client_id: 'web', client_secret: 'wrong' },
    ]) {
      const { status, body } = await oauth.submit(host, 'oauth2/revoke', fields as Record<string, string>);
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    }
    expect(await opens(token)).toBe(200);
  });

  it('2.1 token missing or repeated is 400; GET is 405; JSON is taken as well', async () => {
    const twice = await oauth.submit(
      host,
      'oauth2/revoke',
      [
        ['token', 'a'],
        ['token', 'b'],
      ],
      proof(WEB),
    );
    for (const answer of [await revoke(WEB, {}), twice])
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    const got = await send(`${host.url}/api/auth/oauth/revoke?token=x`, { headers: proof(WEB) });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    const { access_token: token } = await tokensFor(host, WEB, ada);
    await send(`${host.url}/api/auth/oauth2/revoke`, { body: { token }, headers: proof(WEB) });
    expect(await opens(token)).toBe(401);
  });

  it('2 a revocation is known to every process, whose caches forget it', async () => {
    const options = { clients: CLIENTS, controllers: [HostController], auth: { cacheTtl: '60s' } as const };
    const second = await oauth.createOAuthApp({ ...options, databaseUrl: host.databaseUrl });
    for (const client of [WEB, JWT_WEB]) {
      const { access_token: alone } = await tokensFor(host, client, ada, OFFLINE);
      const { access_token: withFamily, refresh_token: token } = await tokensFor(host, client, ada, OFFLINE);
      expect([await opens(alone, second), await opens(withFamily, second)]).toEqual([200, 200]);
      await revoke(client, { token: alone });
      await revoke(client, { token: token! });
      await until(
        'the other process forgets',
        async () => (await opens(alone, second)) === 401 && (await opens(withFamily, second)) === 401,
      );
    }
    await second.close();
  });
});
