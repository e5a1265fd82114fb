import { TEST_ISSUER } from '../support/app.js';
import { send } from '../support/http.js';
import { askAs } from '../support/host-header.js';
import { BARE, createProtectedHost, FILES, MCP, TWIN, type ProtectedHost } from '../support/protected-host.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

describe.each(['express', 'fastify'] as const)('documents of protected resources on %s', (adapter) => {
  let host: ProtectedHost;
  beforeAll(async () => {
    host = await createProtectedHost(adapter);
  });
  afterAll(() => host.close());

  const get = (path: string) => send(host.url + path);
  const resourceAt = async (path: string, name?: string) => (await askAs(host, WELL_KNOWN + path, name)).body.resource;

  it('G13 RFC 9728 2, 3.2: the members of the options, and no empty ones', async () => {
    expect((await get(`${WELL_KNOWN}/mcp`)).body).toEqual({
      resource: MCP,
      authorization_servers: [TEST_ISSUER],
      // G17 (MCP): offline_access is asked of the authorization server.
      scopes_supported: ['files:list'],
      bearer_methods_supported: ['header'],
      resource_name: 'Files of the team',
      resource_documentation: 'https://docs.example.com/mcp',
      resource_policy_uri: 'https://docs.example.com/policy',
      resource_tos_uri: 'https://docs.example.com/terms',
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    });
    const files = (await get(`${WELL_KNOWN}/files`)).body;
    expect(files.scopes_supported).toEqual(['files:list', 'files:read']);
    expect(Object.keys((await askAs(host, WELL_KNOWN, 'bare.example.com')).body).sort()).toEqual([
      'authorization_servers',
      'bearer_methods_supported',
      'dpop_signing_alg_values_supported',
      'resource',
    ]);
  });

  it('G12 RFC 9728 3: 200 JSON by GET and HEAD, for any origin, cacheable; 405 for the rest', async () => {
    for (const path of [WELL_KNOWN, `${WELL_KNOWN}/mcp`, `${WELL_KNOWN}/mcp/`]) {
      const answer = await get(path);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringMatching(/^application\/json/),
      ]);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
      expect((await send(host.url + path, { method: 'HEAD' })).status).toBe(200);
      expect((await send(host.url + path, { body: {} })).status).toBe(405);
    }
  });

  it('0.5 CORS: any origin, also in the preflight that MCP-Protocol-Version causes', async () => {
    const headers = { origin: 'https://inspector.example' };
    expect((await send(`${host.url}${WELL_KNOWN}/mcp`, { headers })).headers.get('access-control-allow-origin')).toBe(
      '*',
    );
    const preflight = await send(`${host.url}${WELL_KNOWN}/mcp`, {
      method: 'OPTIONS',
      headers: {
        ...headers,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'mcp-protocol-version',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('MCP-Protocol-Version');
  });

  it('G22 RFC 9728 3.1: with and without a slash at the end; an empty path in both spellings', async () => {
    expect([await resourceAt('/mcp'), await resourceAt('/mcp/')]).toEqual([MCP, MCP]);
    expect([await resourceAt('/files'), await resourceAt('/files/')]).toEqual([FILES, FILES]);
    expect([await resourceAt('', 'bare.example.com'), await resourceAt('/', 'bare.example.com')]).toEqual([BARE, BARE]);
  });

  it('G12 the first of a host also at the root', async () => {
    expect(await resourceAt('', 'api.example.com')).toBe(MCP);
    expect(await resourceAt('', 'other.example.com')).toBe(TWIN);
    // Of a host that nobody has configured, the one that is at the root.
    expect(await resourceAt('')).toBe(BARE);
  });

  it('T180 G19 two of one path are told apart by the host, which only chooses: a made-up one is nowhere in the answer', async () => {
    expect(await resourceAt('/mcp', 'OTHER.example.com')).toBe(TWIN);
    expect(await resourceAt('/mcp', 'other.example.com:443')).toBe(TWIN);
    const { text, body } = await askAs(host, `${WELL_KNOWN}/mcp`, 'evil.example');
    expect(body.resource).toBe(MCP);
    expect(text).not.toContain('evil.example');
  });

  it('MCP SDK: the query of the address that is called does not hide the document', async () => {
    expect(await resourceAt('/mcp?project=1')).toBe(MCP);
  });

  it('404 for paths of no resource, and for one that has no document', async () => {
    for (const path of ['/nowhere', '/mcp/below', '/example:no-document'])
      expect([path, (await get(WELL_KNOWN + path)).status]).toEqual([path, 404]);
  });

  it('G8 the issuer has a document where a route names it, and tells those that are public (0.6, G14 RFC 9728 4)', async () => {
    expect(await resourceAt('', 'localhost:3000')).toBe(TEST_ISSUER);
    const metadata = (await get('/.well-known/oauth-authorization-server')).body;
    expect(metadata.protected_resources).toEqual([MCP]);
  });
});
