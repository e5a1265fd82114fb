import { createMcpHost, type McpHost } from '../support/mcp-host.js';
import { pkce } from '../support/oauth.js';
import { Person } from '../support/relying-party.js';

/** How programs that people use reach an MCP server, request by request, as far as that is public. */
interface Recorded {
  /** Addresses below the origin of the server, in their order; the first that is there is enough. */
  readonly resourceDocuments: readonly string[];
  readonly serverDocuments: readonly string[];
  /** What it registers; absent: it has a document. */
  readonly registers?: Readonly<Record<string, unknown>>;
  readonly document?: Readonly<Record<string, unknown>>;
  /** Where it is sent back to, which may not be what it has registered. */
  readonly redirectUri: string;
  /** How it spells the resource. */
  readonly resource: (url: string) => string;
  readonly protocol: string;
}

const PATH = '/.well-known/oauth-protected-resource/mcp';
const ROOT = '/.well-known/oauth-protected-resource';
const SERVER = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const same = (url: string) => url;

const CLIENTS: Record<string, Recorded> = {
  'claude.ai with its document': {
    resourceDocuments: [PATH, ROOT],
    serverDocuments: [SERVER, OPENID],
    document: {
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'https://claude.ai/api/mcp/auth_callback',
    resource: same,
    protocol: '2025-11-25',
  },
  'claude.ai by registration': {
    resourceDocuments: [PATH, ROOT],
    serverDocuments: [SERVER],
    registers: {
      client_name: 'Claude',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      scope: 'notes:read',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
    },
    redirectUri: 'https://claude.ai/api/mcp/auth_callback',
    resource: same,
    protocol: '2025-06-18',
  },
  'Claude Code with its document': {
    resourceDocuments: [PATH, ROOT],
    serverDocuments: [SERVER, OPENID],
    document: {
      client_name: 'Claude Code',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'http://localhost:58135/callback',
    resource: same,
    protocol: '2025-11-25',
  },
  'ChatGPT, which looks for the server beside the resource first': {
    resourceDocuments: [ROOT, PATH],
    serverDocuments: [`${SERVER}/mcp`, SERVER, `${OPENID}/mcp`, OPENID],
    registers: {
      client_name: 'ChatGPT',
      redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'https://chatgpt.com/connector_platform_oauth_redirect',
    resource: same,
    protocol: '2025-06-18',
  },
  'VS Code, on a port that it has not registered': {
    resourceDocuments: [PATH, ROOT],
    serverDocuments: [SERVER, OPENID],
    registers: {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      scope: 'notes:read',
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'http://127.0.0.1:59656/',
    resource: same,
    protocol: '2025-06-18',
  },
  Cursor: {
    resourceDocuments: [PATH, ROOT],
    serverDocuments: [SERVER, OPENID],
    registers: {
      client_name: 'Cursor',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'cursor://anysphere.cursor-mcp/oauth/callback',
    resource: same,
    protocol: '2025-06-18',
  },
  'an application of an older SDK, which writes the host in its own way': {
    resourceDocuments: [PATH],
    serverDocuments: [SERVER],
    registers: { client_name: 'An application', redirect_uris: ['http://localhost:3334/oauth/callback'] },
    redirectUri: 'http://localhost:3334/oauth/callback',
    resource: (url) => url.replace('http://', 'HTTP://'),
    protocol: '2025-06-18',
  },
};

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a client', version: '1' } },
};

describe('clients of MCP as they were recorded', () => {
  let host: McpHost;
  beforeAll(async () => {
    host = await createMcpHost();
  });
  afterAll(() => host?.close());

  const call = (token: string | null, protocol: string) =>
    fetch(host.mcp, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': protocol,
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(INITIALIZE),
    });
  const post = (url: string, body: string, type: string) =>
    fetch(url, { method: 'POST', headers: { 'content-type': type }, body });

  async function firstThere(addresses: readonly string[], protocol: string): Promise<Record<string, any>> {
    for (const address of addresses) {
      const answer = await fetch(host.issuer + address, { headers: { 'mcp-protocol-version': protocol } });
      if (answer.ok) return (await answer.json()) as Record<string, any>;
      expect(answer.status).toBe(404);
    }
    throw new Error('nothing is there');
  }

  it.each(Object.entries(CLIENTS))('G12, G19, G21: %s', async (name, client) => {
    const { protocol } = client;
    const refused = await call(null, protocol);
    expect(refused.status).toBe(401);
    const challenge = refused.headers.get('www-authenticate')!;
    expect(challenge).toMatch(/^Bearer /);
    const told = /resource_metadata="([^"]+)"/.exec(challenge)![1]!;
    const document = await firstThere(client.resourceDocuments, protocol);
    expect(await (await fetch(told)).json()).toEqual(document);
    expect(document).toMatchObject({ resource: host.mcp, authorization_servers: [host.issuer] });
    const server = await firstThere(client.serverDocuments, protocol);
    expect(server).toMatchObject({
      issuer: host.issuer,
      code_challenge_methods_supported: ['S256'],
      client_id_metadata_document_supported: true,
    });
    expect(server['token_endpoint_auth_methods_supported']).toContain('none');
    const clientId = client.document
      ? host.documents.put(`/${name.replaceAll(/\W/g, '')}.json`, client.document)
      : await register(server['registration_endpoint'], client.registers!);

    const { verifier, challenge: code_challenge } = pkce();
    const redirect = { redirect_uri: client.redirectUri, client_id: clientId, resource: client.resource(host.mcp) };
    const asked = { ...redirect, response_type: 'code', code_challenge, code_challenge_method: 'S256', state: 's' };
    const scope = /scope="([^"]+)"/.exec(challenge)![1]!;
    const person = await Person.of(host);
    const start = `${server['authorization_endpoint']}?${new URLSearchParams({ ...asked, scope })}`;
    const { url } = await person.go(start);
    expect(url.href.startsWith(client.redirectUri)).toBe(true);
    expect(url.searchParams.get('iss')).toBe(host.issuer);
    const form = {
      ...redirect,
      grant_type: 'authorization_code',
      code: url.searchParams.get('code')!,
      code_verifier: verifier,
    };
    const answer = await post(
      server['token_endpoint'],
      new URLSearchParams(form).toString(),
      'application/x-www-form-urlencoded',
    );
    const tokens = (await answer.json()) as Record<string, string>;
    expect([answer.status, tokens['scope']]).toEqual([200, 'notes:read']);
    const served = await call(tokens['access_token']!, protocol);
    expect(served.status).toBe(200);
  });

  async function register(endpoint: string, metadata: object): Promise<string> {
    const answer = await post(
      endpoint,
      JSON.stringify({ token_endpoint_auth_method: 'none', ...metadata }),
      'application/json',
    );
    const body = (await answer.json()) as Record<string, string>;
    expect([answer.status, body['error_description']]).toEqual([201, undefined]);
    return body['client_id']!;
  }
});
