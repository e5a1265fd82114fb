import { generateKeyPair, exportJWK, SignJWT, type CryptoKey } from 'jose';
import { randomUUID } from 'node:crypto';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { allow, begin, createReadingHost, documentClient } from '../support/document-clients.js';
import { send, type Answer } from '../support/http.js';
import { exchange, tokenRequest } from '../support/oauth.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const SCOPE = 'openid offline_access';

/** Documents as products publish them, with our addresses in place of theirs. */
describe('documents of clients that people use', () => {
  let host: TestApp;
  let site: DocumentHost;
  let privateKey: CryptoKey;
  beforeAll(async () => {
    site = await startDocumentHost();
    host = await createReadingHost({}, { redirectSchemes: ['cursor'] }, { clientCredentials: true });
    const keys = await generateKeyPair('RS256');
    ({ privateKey } = keys);
    site.answer('/jwks.json', { body: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'a', alg: 'RS256' }] } });
  });
  afterAll(async () => {
    await host.close();
    await site.close();
  });

  const assertion = (id: string, key = privateKey) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid: 'a' })
      .setIssuer(id)
      .setSubject(id)
      .setAudience(TEST_ISSUER)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(key);
  const proof = async (id: string, key?: CryptoKey) => ({
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertion(id, key),
  });
  const at = async (path: string, id: string, form: Record<string, string>): Promise<Answer> =>
    send(`${host.url}/api/auth/oauth2/${path}`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id: id, ...form }).toString(),
    });

  it('H6 CIMD 8.2: ChatGPT names private_key_jwt and lists none beside it: it has to prove itself everywhere', async () => {
    const redirect = 'https://chat.example/connector/oauth/abc';
    const id = site.put('/chatgpt.json', {
      client_name: 'ChatGPT',
      client_uri: 'https://chat.example',
      logo_uri: 'https://chat.example/logo.png',
      redirect_uris: [redirect],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      token_endpoint_auth_signing_alg: 'RS256',
      jwks_uri: site.at('/jwks.json'),
    });
    const client = documentClient(id, redirect);
    const { page, browser, verifier } = await begin(host, client, { scope: SCOPE });
    const code = (await allow(browser, page)).searchParams.get('code')!;
    const bare = await exchange(host, client, { code, verifier });
    expect([bare.status, bare.body.error]).toEqual([401, 'invalid_client']);
    const { privateKey: foreign } = await generateKeyPair('RS256');
    expect((await exchange(host, client, { code, verifier }, await proof(id, foreign))).status).toBe(401);
    const tokens = await exchange(host, client, { code, verifier }, await proof(id));
    expect(tokens.status).toBe(200);
    const token = tokens.body.refresh_token;
    expect((await at('par', id, { response_type: 'code', redirect_uri: redirect })).status).toBe(401);
    expect((await at('introspect', id, { token })).status).toBe(401);
    expect((await at('revoke', id, { token })).status).toBe(401);
    const refresh = { grant_type: 'refresh_token', refresh_token: token };
    expect((await tokenRequest(host, client, refresh)).status).toBe(401);
    expect((await at('introspect', id, { token, ...(await proof(id)) })).body.active).toBe(true);
    expect((await tokenRequest(host, client, { ...refresh, ...(await proof(id)) })).status).toBe(200);
  });

  it.each([
    ['only in the list', undefined, ['none', 'private_key_jwt'], 401],
    ['with a method of ours to come', undefined, ['spiffe_jwt', 'none'], 200],
    ['none before it', 'none', ['private_key_jwt', 'none'], 401],
  ])('H6 private_key_jwt is preferred where there are keys: %s', async (_, method, methods, status) => {
    const path = `/methods-${randomUUID()}.json`;
    const id = site.put(path, {
      client_name: 'Methods',
      redirect_uris: ['https://app.example/callback'],
      ...(method && { token_endpoint_auth_method: method }),
      token_endpoint_auth_methods_supported: methods,
      jwks_uri: site.at('/jwks.json'),
    });
    const client = documentClient(id);
    const { page, browser, verifier } = await begin(host, client);
    const code = (await allow(browser, page)).searchParams.get('code')!;
    expect((await exchange(host, client, { code, verifier })).status).toBe(status);
  });

  it('H7 L4 RFC 9700 4.1.3: Claude Code publishes http://localhost/callback, and listens on any port', async () => {
    const id = site.put('/claude-code.json', {
      client_name: 'Claude Code',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      // Whatever it says of itself.
      application_type: 'web',
    });
    for (const redirect of [
      'http://localhost:58135/callback',
      'http://127.0.0.1:3118/callback',
      'http://localhost/callback',
    ]) {
      const client = documentClient(id, redirect);
      const { page, browser, verifier } = await begin(host, client, { scope: SCOPE });
      const url = await allow(browser, page);
      expect(url.href.startsWith(redirect)).toBe(true);
      expect((await exchange(host, client, { code: url.searchParams.get('code')!, verifier })).status).toBe(200);
    }
    for (const redirect of [
      'http://localhost:58135/other',
      'https://localhost:58135/callback',
      'http://localhost.evil.example/callback',
      'http://localhost:58135@evil.example/callback',
      'http://[::1]:58135/callback',
      'http://localhost:99999/callback',
    ])
      expect((await begin(host, documentClient(id, redirect))).page).toMatchObject({
        status: 400,
        location: undefined,
      });
  });

  it('H5 (claude-ai-mcp 487) grants that are not offered are cut away: jwt-bearer, and client_credentials always', async () => {
    const id = site.put('/claude.json', {
      client_name: 'Claude',
      redirect_uris: ['https://claude.example/api/mcp/auth_callback'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'urn:example:grant:of-another-server'],
      response_types: ['code', 'id_token'],
      scope: 'openid profile claudeai of:another-server',
      id_token_signed_response_alg: 'HS256',
      skip_consent: true,
      first_party: true,
      client_credentials_scopes: ['read:data'],
      something_else: { nested: [1, 2] },
    });
    const client = documentClient(id, 'https://claude.example/api/mcp/auth_callback');
    const { page } = await begin(host, client, { scope: 'openid' });
    expect(page.location).toContain('/oauth2/consent?');
    const [row] = await host.sql<{ metadata: object; policy: object }>(
      'SELECT metadata, policy FROM auth_oauth_client WHERE client_id = $1',
      [id],
    );
    expect(row!.metadata).toMatchObject({
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid profile',
    });
    expect(row!.metadata).not.toHaveProperty('id_token_signed_response_alg');
    expect(row!.policy).toEqual({ requirePkce: true });
    const own = await tokenRequest(host, client, { grant_type: 'client_credentials', scope: 'read:data' });
    expect([own.status, own.body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('H5 VS Code, Cursor: loopback beside https, and a scheme of an app that the options list', async () => {
    const code = site.put('/vscode.json', {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.example',
      redirect_uris: ['http://127.0.0.1:33418/', 'http://localhost:33418/', 'https://code.example/redirect'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
    for (const redirect of ['http://127.0.0.1:50000/', 'https://code.example/redirect'])
      expect((await begin(host, documentClient(code, redirect))).page.location).toContain('/oauth2/consent?');
    const cursor = site.put('/cursor.json', {
      client_name: 'Cursor',
      redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'],
    });
    const opened = await begin(host, documentClient(cursor, 'cursor://anysphere.cursor-mcp/oauth/callback'));
    expect(opened.page.location).toContain('/oauth2/consent?');
  });
});
