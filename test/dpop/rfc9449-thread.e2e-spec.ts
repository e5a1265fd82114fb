import { Controller, Get } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { BearerAuth, CurrentPrincipal, type AuthPrincipal } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { DpopKey } from '../support/dpop.js';
import { send } from '../support/http.js';

@Controller('host')
class HostController {
  @Get('reports')
  @BearerAuth()
  reports(@CurrentPrincipal() { confirmation }: AuthPrincipal) {
    return { confirmation };
  }
}

const { MACHINE, WEB, proof } = oauth;
const JWT_MACHINE = { ...MACHINE, clientId: 'jwt-machine', accessTokenFormat: 'jwt' as const };
const TOKEN = `${TEST_ISSUER}/api/auth/oauth2/token`;
const REPORTS = `${TEST_ISSUER}/host/reports`;

describe.each(['express', 'fastify'] as const)('RFC 9449 from the token endpoint to the guard on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await oauth.createOAuthApp({
      adapter,
      clients: [MACHINE, JWT_MACHINE, WEB],
      controllers: [HostController],
      auth: { cacheTtl: '60s' },
    });
  });
  afterAll(() => host.close());

  async function boundToken(client: typeof MACHINE, key: DpopKey) {
    const headers = { ...proof(client), dpop: key.proof({ url: TOKEN }) };
    const answer = await oauth.submit(host, 'oauth2/token', { grant_type: 'client_credentials' }, headers);
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
    return String((answer.body as { access_token: string }).access_token);
  }
  const reports = (headers: Record<string, string>) => send(`${host.url}/host/reports`, { headers });

  it.each([MACHINE, JWT_MACHINE])('5, 6, 7.1: a token of $clientId is good with its key alone', async (client) => {
    const key = new DpopKey();
    const token = await boundToken(client, key);
    if (client === JWT_MACHINE) expect(decodeJwt(token)).toMatchObject({ cnf: { jkt: key.thumbprint } });
    const bound = (holder: DpopKey) => ({
      authorization: `DPoP ${token}`,
      dpop: holder.proof({ method: 'GET', url: REPORTS, token }),
    });
    expect(await reports(bound(key))).toMatchObject({ status: 200, body: { confirmation: { jkt: key.thumbprint } } });
    expect(await reports(bound(new DpopKey()))).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect(await reports({ authorization: `Bearer ${token}` })).toMatchObject({ status: 401 });
    expect(await reports({ ...bound(key), authorization: `Bearer ${token}` })).toMatchObject({ status: 401 });
    const twice = bound(key);
    expect(await reports(twice)).toMatchObject({ status: 200 });
    expect(await reports(twice)).toMatchObject({ status: 401, body: { error: 'invalid_dpop_proof' } });
    const asked = await oauth.submit(host, 'oauth2/introspect', { token }, proof(client));
    expect(asked.body).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: key.thumbprint } });
  });
});
