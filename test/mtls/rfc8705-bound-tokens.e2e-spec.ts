import { Controller, Get } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { BearerAuth, CurrentPrincipal, type AuthPrincipal, type StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { authority, issue } from '../support/certificates.js';
import { MACHINE, proof, submit } from '../support/client-auth.js';
import { DpopKey } from '../support/dpop.js';
import { send, type Answer } from '../support/http.js';
import { askAs, clientCert, createMtlsApp, holder, outcome } from '../support/mtls.js';
import { APP, Navigator, obtainCode, WEB } from '../support/oauth.js';

@Controller('host')
class HostController {
  @Get('reports')
  @BearerAuth()
  reports(@CurrentPrincipal() { confirmation }: AuthPrincipal) {
    return { confirmation };
  }
}

const root = authority();
const one = issue({ issuer: root });
const renewed = issue({ issuer: root });
const BOUND = { tls_client_certificate_bound_access_tokens: true };
const TOKEN = `${TEST_ISSUER}/api/auth/oauth2/token`;
const subject = holder('subject', { ...BOUND, tls_client_auth_subject_dn: 'CN=client' });
const jwt: StaticClientOptions = { ...subject, clientId: 'jwt', accessTokenFormat: 'jwt' };
const keyed = holder('keyed', { tls_client_auth_subject_dn: 'CN=client' });
const secret: StaticClientOptions = { ...MACHINE, clientId: 'secret', metadata: BOUND };
const app: StaticClientOptions = { ...APP, metadata: BOUND };
const web: StaticClientOptions = { ...WEB, metadata: BOUND };
const SCOPE = { scope: 'openid offline_access' };
const INVALID = [401, 'invalid_token'];
const NO_GRANT = [400, 'invalid_grant'];

describe.each(['express', 'fastify'] as const)('tokens that are bound to a certificate, on %s', (adapter) => {
  let host: TestApp;
  let stranger: TestApp;
  let browser: Navigator;
  beforeAll(async () => {
    const clients = [subject, jwt, keyed, secret, app, web];
    const rest = { adapter, controllers: [HostController] };
    host = await createMtlsApp({ ca: root.pem }, clients, { ...rest, auth: { cacheTtl: '60s' } });
    const auth = { trustProxy: ['192.0.2.1'] };
    stranger = await createMtlsApp({ ca: root.pem }, clients, { ...rest, auth, databaseUrl: host.databaseUrl });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(async () => {
    await stranger.close();
    await host.close();
  });

  const reports = (token: string, headers: Record<string, string> = {}, at = host): Promise<Answer> =>
    send(`${at.url}/host/reports`, { bearer: token, headers });

  it.each([subject, jwt])(
    'T162, RFC 8705 3, 3.1: a token of $clientId is good with its certificate alone',
    async (client) => {
      const { body } = await askAs(host, client.clientId, clientCert(one));
      expect(body.token_type).toBe('Bearer');
      const token = String(body.access_token);
      const confirmation = { 'x5t#S256': one.thumbprint };
      if (client === jwt) expect(decodeJwt(token)).toMatchObject({ cnf: confirmation });
      // Twice: the second is answered from memory.
      for (let times = 0; times < 2; times += 1) {
        expect(await reports(token, clientCert(one))).toMatchObject({ status: 200, body: { confirmation } });
        expect(outcome(await reports(token, clientCert(renewed)))).toEqual(INVALID);
        expect(outcome(await reports(token))).toEqual(INVALID);
      }
      expect(outcome(await reports(token, { 'client-cert': 'x' }))).toEqual([400, 'invalid_request']);
      const challenge = (await reports(token)).headers.get('www-authenticate');
      expect(challenge).toMatch(/^Bearer realm="[^"]+", error="invalid_token"/);
      // RFC 9440 4: from anybody but a trusted proxy the header is none.
      expect(outcome(await reports(token, clientCert(one), stranger))).toEqual(INVALID);
      const asked = await submit(host, 'oauth2/introspect', { token, client_id: client.clientId }, clientCert(one));
      expect(asked.body).toMatchObject({ active: true, token_type: 'Bearer', cnf: confirmation });
    },
  );

  it('RFC 8705 3: under the scheme of DPoP, or beside a proof, it is refused', async () => {
    const token = String((await askAs(host, 'subject', clientCert(one))).body.access_token);
    const key = new DpopKey();
    const dpop = key.proof({ method: 'GET', url: `${TEST_ISSUER}/host/reports`, token });
    expect(outcome(await reports(token, { ...clientCert(one), dpop }))).toEqual(INVALID);
    const headers = { ...clientCert(one), dpop, authorization: `DPoP ${token}` };
    expect(outcome(await send(`${host.url}/host/reports`, { headers }))).toEqual(INVALID);
  });

  it('RFC 8705 3.4: a token request without a certificate fails, and spends nothing', async () => {
    const form = { grant_type: 'client_credentials' };
    expect(outcome(await submit(host, 'oauth2/token', form, proof(secret)))).toEqual(NO_GRANT);
    const bound = await submit(host, 'oauth2/token', form, { ...proof(secret), ...clientCert(one) });
    expect(outcome(bound)).toBe(200);
    expect(outcome(await reports(bound.body.access_token))).toEqual(INVALID);
    const { code, verifier } = await obtainCode(browser, app, SCOPE);
    const fields = { grant_type: 'authorization_code', client_id: 'app', code, code_verifier: verifier };
    const whole = { ...fields, redirect_uri: app.redirectUris![0]! };
    expect(outcome(await submit(host, 'oauth2/token', whole))).toEqual(NO_GRANT);
    expect(outcome(await submit(host, 'oauth2/token', whole, clientCert(one)))).toBe(200);
  });

  it('RFC 8705 3, RFC 9449 5: a proof beside a binding to the certificate is refused; beside the authentication it binds', async () => {
    const dpop = new DpopKey();
    const headers = () => ({ ...clientCert(one), dpop: dpop.proof({ url: TOKEN }) });
    expect(outcome(await askAs(host, 'subject', headers()))).toEqual([400, 'invalid_request']);
    const { status, body } = await askAs(host, 'keyed', headers());
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    const token = String(body.access_token);
    const url = `${TEST_ISSUER}/host/reports`;
    const shown = { authorization: `DPoP ${token}`, dpop: dpop.proof({ method: 'GET', url, token }) };
    const answer = await send(`${host.url}/host/reports`, { headers: shown });
    expect(answer.body).toEqual({ confirmation: { jkt: dpop.thumbprint } });
  });

  it('RFC 8705 3.4: a client that has not asked for bound tokens gets none for showing a certificate', async () => {
    const { access_token: token } = (await askAs(host, 'keyed', clientCert(one))).body;
    expect(await reports(token)).toMatchObject({ status: 200, body: { confirmation: null } });
  });

  const tokensOf = async (client: StaticClientOptions, headers: Record<string, string>) => {
    const { code, verifier } = await obtainCode(browser, client, SCOPE);
    const form = {
      grant_type: 'authorization_code',
      client_id: client.clientId,
      code,
      code_verifier: verifier,
      redirect_uri: client.redirectUris![0]!,
    };
    const { status, body } = await submit(host, 'oauth2/token', form, headers);
    expect(status).toBe(200);
    return body as { access_token: string; refresh_token: string };
  };
  const refresh = (client: StaticClientOptions, token: string, headers: Record<string, string>) =>
    submit(
      host,
      'oauth2/token',
      { grant_type: 'refresh_token', client_id: client.clientId, refresh_token: token },
      headers,
    );

  it('T162, RFC 8705 4: the refresh token of a public client is good with its certificate alone', async () => {
    const { refresh_token: token } = await tokensOf(app, clientCert(one));
    expect(outcome(await refresh(app, token, {}))).toEqual(NO_GRANT);
    expect(outcome(await refresh(app, token, clientCert(renewed)))).toEqual(NO_GRANT);
    const again = await refresh(app, token, clientCert(one));
    expect(outcome(again)).toBe(200);
    expect(await reports(again.body.access_token, clientCert(one))).toMatchObject({ status: 200 });
    expect(outcome(await refresh(app, again.body.refresh_token, clientCert(renewed)))).toEqual(NO_GRANT);
    expect(outcome(await refresh(app, again.body.refresh_token, clientCert(one)))).toBe(200);
  });

  it('RFC 8705 7.1: a client that proves itself goes on with a renewed certificate; its old tokens do not', async () => {
    const { access_token: old, refresh_token: token } = await tokensOf(web, { ...proof(web), ...clientCert(one) });
    expect(outcome(await refresh(web, token, proof(web)))).toEqual(NO_GRANT);
    const again = await refresh(web, token, { ...proof(web), ...clientCert(renewed) });
    expect(outcome(again)).toBe(200);
    expect(outcome(await reports(again.body.access_token, clientCert(renewed)))).toBe(200);
    expect(outcome(await reports(again.body.access_token, clientCert(one)))).toEqual(INVALID);
    expect(outcome(await reports(old, clientCert(renewed)))).toEqual(INVALID);
    expect(outcome(await reports(old, clientCert(one)))).toBe(200);
  });

  it('RFC 8705 3: a repeated refresh with another certificate gets nothing, and ends nothing', async () => {
    const { refresh_token: token } = await tokensOf(web, { ...proof(web), ...clientCert(one) });
    const again = await refresh(web, token, { ...proof(web), ...clientCert(one) });
    expect(outcome(await refresh(web, token, { ...proof(web), ...clientCert(renewed) }))).toEqual(NO_GRANT);
    const retried = await refresh(web, token, { ...proof(web), ...clientCert(one) });
    expect(retried.body.access_token).toBe(again.body.access_token);
  });

  it('RFC 8705 3: of 20 refreshes at once, with one certificate and another, those of the public client’s own succeed', async () => {
    const { refresh_token: token } = await tokensOf(app, clientCert(one));
    const tries = Array.from({ length: 20 }, (_, index) => refresh(app, token, clientCert(index % 2 ? one : renewed)));
    const answers = await Promise.all(tries);
    expect(answers.map(outcome)).toEqual(answers.map((_, index) => (index % 2 ? 200 : NO_GRANT)));
    expect(
      new Set(answers.filter(({ status }) => status === 200).map(({ text }) => JSON.parse(text).refresh_token)).size,
    ).toBe(1);
  });

  it('RFC 8705 3: userinfo takes it with its certificate alone', async () => {
    const { access_token: token } = await tokensOf(web, { ...proof(web), ...clientCert(one) });
    const userinfo = (headers: Record<string, string>) =>
      send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: token, headers });
    expect(outcome(await userinfo(clientCert(one)))).toBe(200);
    expect(outcome(await userinfo(clientCert(renewed)))).toEqual(INVALID);
    expect(outcome(await userinfo({}))).toEqual(INVALID);
    const form = { access_token: token };
    expect(outcome(await submit(host, 'oauth2/userinfo', form))).toEqual(INVALID);
    expect(outcome(await submit(host, 'oauth2/userinfo', form, clientCert(one)))).toBe(200);
  });
});

describe('requireBoundTokens', () => {
  const clients = [MACHINE, { ...MACHINE, clientId: 'wishes-key', metadata: { dpop_bound_access_tokens: true } }];
  const form = { grant_type: 'client_credentials' };
  const dpop = () => ({ dpop: new DpopKey().proof({ url: TOKEN }) });
  const ask = (host: TestApp, client: StaticClientOptions, headers: Record<string, string>) =>
    submit(host, 'oauth2/token', form, { ...proof(client), ...headers });

  it('RFC 8705 3.4: certificate: for every client, whatever it has registered', async () => {
    const host = await createMtlsApp({}, clients, { provider: { requireBoundTokens: 'certificate' } });
    for (const client of clients) {
      expect(outcome(await ask(host, client, {}))).toEqual(NO_GRANT);
      expect(outcome(await ask(host, client, { ...clientCert(one), ...dpop() }))).toEqual([400, 'invalid_request']);
      const { status, body } = await ask(host, client, clientCert(one));
      expect([status, body.token_type]).toEqual([200, 'Bearer']);
    }
    await host.close();
  });

  it('RFC 8705 3, RFC 9449 5: either: the key if it is proven, else the certificate, else nothing', async () => {
    const host = await createMtlsApp({}, clients, { provider: { requireBoundTokens: 'either' } });
    expect(outcome(await ask(host, MACHINE, {}))).toEqual([400, 'invalid_dpop_proof']);
    expect((await ask(host, MACHINE, clientCert(one))).body.token_type).toBe('Bearer');
    expect((await ask(host, MACHINE, { ...clientCert(one), ...dpop() })).body.token_type).toBe('DPoP');
    expect(outcome(await ask(host, clients[1]!, clientCert(one)))).toEqual([400, 'invalid_dpop_proof']);
    await host.close();
  });
});
