import type { StaticClientOptions } from '../../src/index.js';
import { answer, answerIn, ask, askedForConsent, CONSENT } from '../support/authorization.js';
import { send } from '../support/http.js';
import { exchange, Navigator, obtainCode, tokenRequest } from '../support/oauth.js';
import { createProtectedHost, FILES, MCP, SCOPES, type ProtectedHost } from '../support/protected-host.js';

const CALLBACK = 'http://localhost:33418/callback';
const REFRESHABLE = { grant_types: ['authorization_code', 'refresh_token'] };

describe.each(['express', 'fastify'] as const)('clients of MCP at the authorization server, on %s', (adapter) => {
  let host: ProtectedHost;
  let browser: Navigator;
  beforeAll(async () => {
    host = await createProtectedHost(adapter, { dynamicRegistration: 'open', sensitiveScopes: ['files:admin'] });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  /** As the SDKs register: with the scope of the first challenge. */
  async function registered(scope?: string, more: object = {}): Promise<StaticClientOptions & { told: string }> {
    const body = { client_name: 'Agent', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none', ...more };
    const { body: told } = await send(`${host.url}/api/auth/oauth2/register`, {
      body: { ...body, ...(scope && { scope }) },
    });
    return { clientId: told.client_id, redirectUris: [CALLBACK], told: told.scope };
  }
  const tokens = async (client: StaticClientOptions, change: Record<string, string | undefined>) =>
    (await exchange(host, client, await obtainCode(browser, client, { resource: MCP, ...change }))).body;
  const at = async (path: string, bearer: string) => (await send(`${host.url}/resources/${path}`, { bearer })).status;

  it('G5 G11 a client that registered with its first challenge steps up: the scope is its default, and no ceiling', async () => {
    const client = await registered('files:list', REFRESHABLE);
    expect(client.told).toBe('files:list');
    const first = await tokens(client, { scope: 'files:list' });
    expect([await at('mcp', first.access_token), await at('read', first.access_token)]).toEqual([200, 403]);
    const second = await tokens(client, { scope: 'files:list files:read' });
    expect(second.scope).toBe('files:list files:read');
    expect([await at('read', second.access_token), await at('mcp', first.access_token)]).toEqual([200, 200]);
  });

  it('G11 step-up: the page marks what is new, what was granted stays, and the answer names all of it', async () => {
    const client = await registered('files:list');
    await tokens(client, { scope: 'files:list' });
    const handle = await askedForConsent(browser, client, { scope: 'files:list files:read', resource: MCP });
    const { text } = await browser.get(`${CONSENT}?request=${handle}`);
    const permissions = text.match(/<li>.*?<\/li>/gs) ?? [];
    const isNew = (scope: string) => permissions.find((one) => one.includes(scope))?.includes('class="new"');
    expect([isNew('files:list'), isNew('files:read'), isNew(MCP)]).toEqual([false, true, false]);
    expect(answerIn(await answer(browser, handle, true), client)).toHaveProperty('code');
    const [consent] = await host.sql<{ scopes: string[] }>('SELECT scopes FROM auth_consent WHERE client_id = $1', [
      client.clientId,
    ]);
    expect(consent!.scopes.sort()).toEqual(['files:list', 'files:read']);
    // Refused, it keeps what it had.
    const denied = await askedForConsent(browser, client, { scope: 'files:list files:write', resource: MCP });
    expect(answerIn(await answer(browser, denied, false), client)).toMatchObject({ error: 'access_denied' });
    expect((await tokens(client, { scope: 'files:list' })).scope).toBe('files:list');
  });

  it('T181 L8 OAuth 2.1 7.9: sensitive scopes are above the ceiling of a client that registered itself', async () => {
    const client = await registered('files:list');
    const refused = await ask(browser, client, { scope: 'files:list files:admin', resource: MCP });
    expect(answerIn(refused, client)).toMatchObject({ error: 'invalid_scope' });
    const unknown = await ask(browser, client, { scope: 'files:list admin:all', resource: MCP });
    expect(answerIn(unknown, client)).toMatchObject({ error: 'invalid_scope' });
  });

  it('G22 a request for a resource without scope is for its minimum, never for everything', async () => {
    const client = await registered('files:list files:read files:write', REFRESHABLE);
    expect((await tokens(client, { scope: undefined })).scope).toBe('files:list offline_access');
    // Of a client without refresh tokens offline_access would be an empty promise.
    expect(
      (await tokens(await registered('files:list', { grant_types: ['authorization_code'] }), { scope: undefined }))
        .scope,
    ).toBe('files:list');
    expect((await tokens(client, { scope: undefined, resource: FILES })).scope).toBe(
      'files:list files:read offline_access',
    );
    expect((await tokens(client, { scope: undefined, resource: 'http://localhost:3000/' })).scope).toBe(
      'files:list files:read files:write',
    );
    expect((await tokens(client, { scope: undefined, resource: undefined })).scope).toBe(
      'files:list files:read files:write',
    );
  });

  it('G10 offline_access is listed, granted beside the scopes of a challenge, and refreshes (G4: it rotates)', async () => {
    const metadata = (await send(`${host.url}/.well-known/oauth-authorization-server`)).body;
    expect(metadata.scopes_supported).toEqual(SCOPES);
    const client = await registered('files:list', REFRESHABLE);
    // The SDK asks for consent when it asks for offline access.
    const granted = await tokens(client, { scope: 'files:list offline_access', prompt: 'consent' });
    expect(granted.scope).toBe('files:list offline_access');
    const refreshed = await tokenRequest(host, client, {
      grant_type: 'refresh_token',
      refresh_token: granted.refresh_token,
      resource: MCP,
    });
    expect([refreshed.status, refreshed.body.scope]).toEqual([200, 'files:list offline_access']);
    expect(refreshed.body.refresh_token).not.toBe(granted.refresh_token);
    expect(await at('mcp', refreshed.body.access_token)).toBe(200);
  });

  it('G6 RFC 8707 2.2: a token request may name a part of what authorize had, in any spelling, and nothing beyond', async () => {
    const client = await registered('files:list', REFRESHABLE);
    const grant = await obtainCode(browser, client, { scope: 'files:list offline_access', resource: MCP });
    expect((await exchange(host, client, grant, { resource: FILES })).body.error).toBe('invalid_target');
    const { body } = await exchange(host, client, grant, { resource: 'https://API.example.com:443/mcp' });
    expect(await at('mcp', body.access_token)).toBe(200);
    const elsewhere = { grant_type: 'refresh_token', refresh_token: body.refresh_token, resource: FILES };
    expect((await tokenRequest(host, client, elsewhere)).body.error).toBe('invalid_target');
  });

  it('G6 RFC 8707 2: invalid_target for what is no resource of ours, T182 however like one it is spelled', async () => {
    const client = await registered('files:list');
    for (const resource of [
      'https://api.example.com/nowhere',
      `${MCP}/`,
      'https://user@api.example.com/mcp',
      'https://api.example.com\\mcp',
      'https://api.example.com/./mcp',
      `${MCP}#`,
      'mcp',
    ])
      expect([
        resource,
        answerIn(await ask(browser, client, { resource, scope: 'files:list' }), client)['error'],
      ]).toEqual([resource, 'invalid_target']);
  });

  it('G3 RFC 9207: iss in success and error, as the metadata promises', async () => {
    const { authorization_response_iss_parameter_supported, issuer } = (
      await send(`${host.url}/.well-known/oauth-authorization-server`)
    ).body;
    expect(authorization_response_iss_parameter_supported).toBe(true);
    const client = await registered('files:list');
    const handle = await askedForConsent(browser, client, { scope: 'files:list', resource: MCP });
    expect(answerIn(await answer(browser, handle, true), client)['iss']).toBe(issuer);
    expect(answerIn(await ask(browser, client, { scope: 'nothing' }), client)['iss']).toBe(issuer);
  });

  it('the consent page calls a resource by its name, beside its address', async () => {
    const client = await registered('files:list');
    const handle = await askedForConsent(browser, client, { scope: 'files:list', resource: MCP });
    const { text } = await browser.get(`${CONSENT}?request=${handle}`);
    expect(text).toContain(`<bdi>Files of the team</bdi> (<code>${MCP}</code>)`);
    await answer(browser, handle, true);
    expect((await browser.get('/api/auth/account/applications')).text).toContain('<bdi>Files of the team</bdi>');
  });
});
