import { Controller, Get } from '@nestjs/common';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { BearerAuth, CurrentPrincipal, type AuthPrincipal } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { authority, CLIENT_AUTH, escapedPem, issue, SERVER_AUTH, type Issued } from '../support/certificates.js';
import { assertionOf, byAssertion, clientKey, type ClientKey } from '../support/client-auth.js';
import { freePort } from '../support/free-port.js';
import { createMtlsApp, holder } from '../support/mtls.js';
import { mutualFetch } from '../support/mutual-fetch.js';
import { NGINX, startNginx, type Nginx } from '../support/nginx.js';
import { isInstalled } from '../support/programs.js';

@Controller('host')
class HostController {
  @Get('reports')
  @BearerAuth()
  reports(@CurrentPrincipal() { confirmation }: AuthPrincipal) {
    return { confirmation };
  }
}

const root = authority();
const server = issue({ issuer: root, names: { dns: ['localhost'] }, purposes: [SERVER_AUTH] });
const clients = authority('Clients');
const own = issue({ issuer: clients, purposes: [CLIENT_AUTH] });
const other = issue({ issuer: clients, purposes: [CLIENT_AUTH] });
const stranger = issue({ issuer: authority('Strangers'), purposes: [CLIENT_AUTH] });
/** nginx refuses it by itself: its signature is not that of the authority that it names. */
const forger = issue({ issuer: authority('Clients'), purposes: [CLIENT_AUTH] });
const selfSigned = issue();
const BOUND = { tls_client_certificate_bound_access_tokens: true };
const GRANT = { grant_type: 'client_credentials' };
const REDIRECT = 'https://client.example/callback';

const isHere = isInstalled('nginx', 'certificates of clients behind a proxy that terminates TLS');
(isHere ? describe : describe.skip).each(['express', 'fastify'] as const)('behind nginx, on %s', (adapter) => {
  let host: TestApp;
  let nginx: Nginx;
  let key: ClientKey;
  beforeAll(async () => {
    const port = await freePort();
    key = await clientKey();
    nginx = await startNginx(port, { server, clients });
    const subject = { ...BOUND, tls_client_auth_subject_dn: 'CN=client' };
    const machines = [
      holder('subject', subject),
      holder('self', { ...BOUND, jwks: { keys: [selfSigned.jwk] } }, 'self_signed_tls_client_auth'),
      holder('signs', { ...BOUND, jwks: { keys: [key.jwk] } }, 'private_key_jwt'),
      { ...holder('web', subject), clientCredentialsScopes: [], redirectUris: [REDIRECT], scopes: ['openid'] },
    ];
    const mtls = { ...NGINX, format: 'urlencoded-pem', aliasesAt: nginx.asking } as const;
    const auth = { issuer: nginx.plain, trustProxy: ['127.0.0.1'], mtls };
    host = await createMtlsApp(mtls, machines, { adapter, port, auth, controllers: [HostController] });
  });
  afterAll(async () => {
    await host.close();
    await nginx.close();
  });

  const reports = (at: string, token: string, certificate: Issued | null, headers: Record<string, string> = {}) =>
    mutualFetch(root, certificate)(`${at}/host/reports`, { headers: { authorization: `Bearer ${token}`, ...headers } });
  const tokenFrom = (at: string, certificate: Issued | null, fields: Record<string, string>, headers = {}) =>
    mutualFetch(root, certificate)(`${at}/api/auth/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ ...GRANT, ...fields }).toString(),
    });
  const configured = (clientId: string, certificate: Issued) => {
    const options = { [openid.customFetch]: mutualFetch(root, certificate) as openid.CustomFetch };
    const metadata = { use_mtls_endpoint_aliases: true };
    return openid.discovery(new URL(nginx.plain), clientId, metadata, openid.TlsClientAuth(), options);
  };

  it('RFC 8705 2.1, 3, 5: openid-client 6 by tls_client_auth, and a token that is good with its certificate alone', async () => {
    const config = await configured('subject', own);
    const aliases = config.serverMetadata().mtls_endpoint_aliases;
    expect(aliases?.token_endpoint).toBe(`${nginx.asking}/api/auth/oauth2/token`);
    const { access_token: token, token_type: type } = await openid.clientCredentialsGrant(config);
    expect(type).toBe('bearer');
    const good = await reports(nginx.asking, token, own);
    expect([good.status, await good.json()]).toEqual([200, { confirmation: { 'x5t#S256': own.thumbprint } }]);
    expect((await reports(nginx.strict, token, own)).status).toBe(200);
    expect((await reports(nginx.asking, token, other)).status).toBe(401);
    expect((await reports(nginx.asking, token, null)).status).toBe(401);
    expect((await reports(nginx.plain, token, own)).status).toBe(401);
    const asked = await openid.tokenIntrospection(config, token);
    expect(asked).toMatchObject({ active: true, cnf: { 'x5t#S256': own.thumbprint } });
    await openid.tokenRevocation(config, token);
    expect((await reports(nginx.asking, token, own)).status).toBe(401);
  });

  it('RFC 8705 2.2: oauth4webapi 3 by self_signed_tls_client_auth', async () => {
    const options = { [oauth.customFetch]: mutualFetch(root, selfSigned) as typeof fetch };
    const issuer = new URL(nginx.plain);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    const client = { client_id: 'self', use_mtls_endpoint_aliases: true };
    const answer = await oauth.clientCredentialsGrantRequest(as, client, oauth.TlsClientAuth(), {}, options);
    const { access_token: token } = await oauth.processClientCredentialsResponse(as, client, answer);
    expect((await reports(nginx.asking, token, selfSigned)).status).toBe(200);
    expect((await reports(nginx.asking, token, own)).status).toBe(401);
  });

  it('RFC 8705 5, RFC 9126: openid-client 6 pushes a request to the alias', async () => {
    const config = await configured('web', own);
    const challenge = await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier());
    const asked = { redirect_uri: REDIRECT, scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256' };
    const url = await openid.buildAuthorizationUrlWithPAR(config, asked);
    expect(url.searchParams.get('request_uri')).toMatch(/^urn:ietf:params:oauth:request_uri:/);
    const without = await configured('web', stranger);
    await expect(openid.buildAuthorizationUrlWithPAR(without, asked)).rejects.toMatchObject({
      error: 'invalid_client',
    });
  });

  it.each<[string, Issued | null, number]>([
    ['without a certificate', null, 401],
    ['with one of another authority', stranger, 401],
    ['with one that nobody has signed', selfSigned, 401],
    ['with one of another authority of the same name', forger, 400],
  ])('RFC 8705 2.1: %s nobody is the client', async (_how, certificate, status) => {
    expect((await tokenFrom(nginx.asking, certificate, { client_id: 'subject' })).status).toBe(status);
    // There nginx itself refuses.
    expect((await tokenFrom(nginx.strict, certificate, { client_id: 'subject' })).status).toBe(400);
  });

  it('T160, RFC 9440 4: headers that a client writes itself are taken out by the proxy', async () => {
    const forged = { [NGINX.header]: escapedPem(own), [NGINX.verifiedHeader]: 'SUCCESS' };
    const fields = { client_id: 'subject' };
    for (const at of [nginx.plain, nginx.asking]) expect((await tokenFrom(at, null, fields, forged)).status).toBe(401);
    expect((await tokenFrom(nginx.asking, stranger, fields, forged)).status).toBe(401);
    const { access_token: token } = (await (
      await tokenFrom(nginx.asking, own, fields)
    ).json()) as oauth.TokenEndpointResponse;
    for (const at of [nginx.plain, nginx.asking]) expect((await reports(at, token, null, forged)).status).toBe(401);
    expect((await reports(nginx.asking, token, other, forged)).status).toBe(401);
  });

  it.each(['issuer', 'token endpoint'])(
    'RFC 8705 5: an assertion that is sent to an alias may name the %s',
    async (audience) => {
      const aud = audience === 'issuer' ? nginx.plain : `${nginx.plain}/api/auth/oauth2/token`;
      const fields = async () => byAssertion(await assertionOf('signs', key, { aud }));
      const answer = await tokenFrom(nginx.asking, own, await fields());
      expect(answer.status).toBe(200);
      const { access_token: token } = (await answer.json()) as oauth.TokenEndpointResponse;
      expect((await reports(nginx.asking, token, own)).status).toBe(200);
      expect((await reports(nginx.asking, token, other)).status).toBe(401);
      expect((await tokenFrom(nginx.plain, own, await fields())).status).toBe(400);
    },
  );
});
