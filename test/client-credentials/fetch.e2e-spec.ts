import { Controller, Get, Param } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { OutboundFetch, type OutboundOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { failureOf, forgiveFailure, outboundHost, outboundTo, tokenOf, UPSTREAM_SECRET } from '../support/outbound.js';
import { selfSigned } from '../support/self-signed.js';
import { sweep } from '../support/sweep.js';
import { granted, startUpstream, tokenBody, type Upstream } from '../support/upstream.js';

@Controller('relay')
class RelayController {
  constructor(private readonly outbound: OutboundFetch) {}

  @Get(':application')
  async relay(@Param('application') application: string) {
    return { status: (await this.outbound.fetch(application, 'https://api.example.com/')).status };
  }
}

const pair = selfSigned();

describe('calling out with a token', () => {
  let upstream: Upstream;
  let downstream: Upstream;
  let host: TestApp;
  let outbound: OutboundFetch;

  beforeAll(async () => {
    [upstream, downstream] = await Promise.all([startUpstream(), startUpstream()]);
    const { privateKey, certificate } = pair;
    const base = outboundTo(upstream, ['crm', 'lax', 'discovered', 'certified', 'defaults']);
    const options: OutboundOptions = {
      ...base,
      applications: {
        ...base.applications,
        lax: { scope: [], provider: 'lax', parameters: { audience: 'https://lax.example.com' } },
        discovered: { scope: ['a'], provider: 'discovered' },
        certified: { scope: ['https://graph.microsoft.com/.default'] },
      },
      providers: {
        ...base.providers,
        lax: {
          tokenEndpoint: `${upstream.origin}/lax`,
          clientId: 'id with space',
          clientSecret: UPSTREAM_SECRET,
          authMethod: 'client_secret_post',
          defaultExpiresIn: '5m',
        },
        discovered: { issuer: `${upstream.origin}/issuer`, clientId: 'daemon', clientSecret: UPSTREAM_SECRET },
        microsoft: {
          tenantId: 'contoso.example.com',
          clientId: 'daemon',
          authority: upstream.origin,
          certificate: { privateKey, certificate },
        },
      },
    };
    host = await outboundHost(options, { controllers: [RelayController] });
    outbound = host.app.get(OutboundFetch);
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([upstream.close(), downstream.close()]);
  });
  beforeEach(() => {
    upstream.answer(granted());
    downstream.answer({ body: { ok: true } });
    upstream.seen.length = downstream.seen.length = 0;
  });

  it('adds the header to what the caller sends, and keeps the rest', async () => {
    const { accessToken } = await tokenOf(host, 'crm');
    const crm = outbound.for('crm');
    expect((await crm(`${downstream.origin}/a?b=c`, { headers: { 'x-own': '1' } })).status).toBe(200);
    await crm(new Request(`${downstream.origin}/d`, { method: 'POST', body: 'text', headers: { 'x-own': '2' } }));
    const authorization = `Bearer ${accessToken}`;
    expect(downstream.seen[0]).toMatchObject({ path: '/a?b=c', headers: { authorization, 'x-own': '1' } });
    expect(downstream.seen[1]).toMatchObject({ path: '/d', headers: { authorization, 'x-own': '2' } });
    expect(downstream.seen[1]!.form.has('text')).toBe(true);
  });

  it('the token does not follow a redirect to another origin', async () => {
    upstream.answer({ body: {} });
    downstream.answer({ status: 307, headers: { location: `${upstream.origin}/elsewhere` }, body: '' });
    await outbound.fetch('crm', `${downstream.origin}/`);
    expect(upstream.seen.at(-1)).toMatchObject({ path: '/elsewhere' });
    expect(upstream.seen.at(-1)!.headers).not.toHaveProperty('authorization');
  });

  it('RFC 6750 5.3 plain http is refused before a token is asked for', async () => {
    const strict = await outboundHost(outboundTo(upstream, ['crm']), {
      databaseUrl: host.databaseUrl,
      auth: { allowPrivateNetwork: false },
    });
    try {
      const crm = strict.app.get(OutboundFetch).for('crm');
      await expect(crm('http://api.example.com/')).rejects.toThrow(TypeError);
      await expect(crm('http://127.api.example.com/')).rejects.toThrow(/over https only/);
      expect(upstream.seen).toHaveLength(0);
      // Nor does it fetch one from loopback, unless the host allows it.
      await host.sql('DELETE FROM auth_client_credential');
      expect((await failureOf(strict, 'crm')).details).toEqual({ upstreamError: 'address_refused' });
      expect(upstream.seen).toHaveLength(0);
    } finally {
      await strict.close();
    }
  });

  it('404 from a route of the host, in its own shape', async () => {
    const { status, body } = await send(`${host.url}/relay/nobody`);
    expect({ status, body }).toMatchObject({
      status: 404,
      body: {
        code: 'MICROSOFT_APPLICATION_NOT_FOUND',
        statusCode: 404,
        message: 'There is no application of this name',
      },
    });
  });

  it('502 with Retry-After where the provider asks for it', async () => {
    upstream.answer({ status: 503, headers: { 'retry-after': '77' }, body: {} });
    await host.sql('DELETE FROM auth_client_credential');
    const { status, headers, body } = await send(`${host.url}/relay/crm`);
    expect({ status, body }).toMatchObject({
      status: 502,
      body: { code: 'TOKEN_REQUEST_FAILED', message: 'The token request failed: http_503' },
    });
    expect(['76', '77']).toContain(headers.get('retry-after'));
  });

  it('rows that nobody has used for 30 days are swept, others stay', async () => {
    await host.sql('DELETE FROM auth_client_credential');
    await Promise.all([tokenOf(host, 'crm'), tokenOf(host, 'lax')]);
    await host.sql(`UPDATE auth_client_credential SET updated_at = now() - interval '31 days', expires_at = now() - interval '31 days'
                    WHERE application_name = 'crm'`);
    expect(await sweep(host)).toMatchObject({ auth_client_credential: 1 });
    expect(await host.sql('SELECT application_name FROM auth_client_credential')).toEqual([
      { application_name: 'lax' },
    ]);
  });

  it('RFC 6749 2.3.1 the secret goes by Basic, or in the body where it is asked so, form-encoded', async () => {
    await host.sql('DELETE FROM auth_client_credential');
    await tokenOf(host, 'crm');
    const basic = Buffer.from(`daemon:${UPSTREAM_SECRET}`).toString('base64');
    expect(upstream.seen[0]!.headers).toMatchObject({ authorization: `Basic ${basic}` });
    expect(Object.fromEntries(upstream.seen[0]!.form)).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
    });
    await tokenOf(host, 'lax');
    expect(upstream.seen[1]!.headers).not.toHaveProperty('authorization');
    expect(Object.fromEntries(upstream.seen[1]!.form)).toEqual({
      grant_type: 'client_credentials',
      audience: 'https://lax.example.com',
      client_id: 'id with space',
      client_secret: UPSTREAM_SECRET,
    });
  });

  it('RFC 6749 5.1 a lifetime may be assumed where the host says which', async () => {
    await host.sql('DELETE FROM auth_client_credential');
    upstream.answer({ body: { access_token: 'lax-token', token_type: 'bearer' } });
    const { accessTokenExpiresAt, updatedAt, scope } = await tokenOf(host, 'lax');
    expect(Math.round((accessTokenExpiresAt.getTime() - updatedAt.getTime()) / 1000)).toBe(300);
    expect(scope).toBe('');
  });

  it('RFC 7523 the certificate signs a short-lived assertion for the token endpoint, a new one each time', async () => {
    const ids = new Set<unknown>();
    for (let round = 0; round < 2; round++) {
      await host.sql('DELETE FROM auth_client_credential');
      await tokenOf(host, 'certified');
      const { path, form } = upstream.seen.at(-1)!;
      expect(path).toBe('/contoso.example.com/oauth2/v2.0/token');
      expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      const assertion = form.get('client_assertion')!;
      const thumbprint = createHash('sha256').update(pair.der).digest('base64url');
      expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint });
      const claims = decodeJwt(assertion);
      expect(claims).toMatchObject({ iss: 'daemon', sub: 'daemon', aud: upstream.origin + path });
      expect(claims.exp! - claims.iat!).toBe(120);
      ids.add(claims.jti);
    }
    expect(ids.size).toBe(2);
  });

  it('RFC 8414 3.3 metadata of another issuer is not used', async () => {
    const metadata = { issuer: `${upstream.origin}/issuer`, token_endpoint: `${upstream.origin}/found` };
    upstream.answer({ body: { ...metadata, issuer: 'https://evil.example.com' } });
    expect((await failureOf(host, 'discovered')).details).toEqual({ upstreamError: 'malformed_answer' });
    await forgiveFailure(host, 'discovered');
    upstream.answer(({ path }, response) => {
      // The address of OpenID Connect does not exist here: that of RFC 8414 does.
      if (path === '/issuer/.well-known/openid-configuration') response.statusCode = 404;
      if (path === '/.well-known/oauth-authorization-server/issuer') return void response.end(JSON.stringify(metadata));
      if (path === '/found') return void response.end(JSON.stringify(tokenBody()));
      return void response.end();
    });
    expect((await tokenOf(host, 'discovered')).accessToken).toMatch(/^upstream-token/);
  });

  it('a token in memory serves on while the database is away', async () => {
    const cached = await tokenOf(host, 'crm');
    const dataSource = host.dataSource as { isInitialized: boolean };
    try {
      dataSource.isInitialized = false;
      expect((await tokenOf(host, 'crm')).accessToken).toBe(cached.accessToken);
      expect(await failureOf(host, 'defaults')).toMatchObject({ status: 503 });
    } finally {
      dataSource.isInitialized = true;
    }
  });
});
