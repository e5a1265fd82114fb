import { TEST_ISSUER } from '../support/app.js';
import { send } from '../support/http.js';
import { BARE, createProtectedHost, FILES, MCP, type ProtectedHost } from '../support/protected-host.js';

const WELL_KNOWN = 'https://api.example.com/.well-known/oauth-protected-resource';

describe.each(['express', 'fastify'] as const)('challenges of protected resources on %s', (adapter) => {
  let host: ProtectedHost;
  beforeAll(async () => {
    host = await createProtectedHost(adapter);
  });
  afterAll(() => host.close());

  const at = (path: string, bearer?: string, headers: Record<string, string> = {}) =>
    send(`${host.url}/resources/${path}`, { ...(bearer !== undefined && { bearer }), headers });
  const challengeOf = async (path: string, bearer?: string, headers?: Record<string, string>) => {
    const answer = await at(path, bearer, headers);
    return [answer.status, answer.headers.get('www-authenticate')];
  };

  it('G15 RFC 9728 5.1: 401 without a token names document and scopes, and no error', async () => {
    expect(await challengeOf('mcp')).toEqual([
      401,
      `Bearer realm="localhost:3000", resource_metadata="${WELL_KNOWN}/mcp", scope="files:list"`,
    ]);
  });

  it('G18 MCP: the scope of a 401 has what the operation needs beside what every client begins with', async () => {
    expect((await challengeOf('read'))[1]).toContain('scope="files:list files:read"');
    expect((await challengeOf('several'))[1]).toContain('scope="files:list files:read"');
    expect((await challengeOf('files'))[1]).toContain(
      `resource_metadata="${WELL_KNOWN}/files", scope="files:list files:read"`,
    );
  });

  it('G15 error="invalid_token" only beside a token that is not good', async () => {
    const [status, challenge] = await challengeOf('read', 'naa_not-a-token');
    expect(status).toBe(401);
    expect(challenge).toMatch(
      /^Bearer realm="localhost:3000", resource_metadata="[^"]+\/mcp", scope="files:list files:read", error="invalid_token"/,
    );
  });

  it('G15 RFC 6750 3.1: 403 names all scopes of the operation at once, and the document', async () => {
    const token = await host.token('files:read', MCP);
    const answer = await at('several', token);
    expect([answer.status, answer.body.error]).toEqual([403, 'insufficient_scope']);
    const challenge = answer.headers.get('www-authenticate')!;
    expect(challenge).toContain(`resource_metadata="${WELL_KNOWN}/mcp"`);
    expect(challenge).toContain('scope="files:read files:list files:write files:admin"');
    expect(challenge.match(/\bscope="/g)).toHaveLength(1);
  });

  it('403 keeps the one of several scopes that the token has: a client asks for what the challenge names', async () => {
    const token = await host.token('files:write', MCP);
    expect((await challengeOf('several', token))[1]).toContain('scope="files:read files:list files:write"');
  });

  it('G22 RFC 9728 5.1: DPoP challenges say the same, after Bearer (0.4)', async () => {
    const [, challenge] = await challengeOf('mcp', undefined, { authorization: 'DPoP naa_not-a-token' });
    const [bearer, dpop] = String(challenge).split(/, (?=DPoP )/);
    expect(bearer).toMatch(/^Bearer .*resource_metadata=/);
    expect(dpop).toMatch(/^DPoP .*resource_metadata="[^"]+\/mcp", scope="files:list", error="invalid_token".*algs=/);
    expect((await challengeOf('bound'))[1]).toMatch(/^DPoP .*resource_metadata="[^"]+\/mcp", scope="files:list"/);
  });

  it('0.4 Bearer goes first, since SDKs read the first scheme alone; only the schemes of OAuth speak of the resource', async () => {
    const [, challenge] = await challengeOf('keys-too');
    const [bearer, key] = String(challenge).split(/, (?=ApiKey )/);
    expect([bearer, key]).toEqual([expect.stringContaining('resource_metadata='), 'ApiKey realm="localhost:3000"']);
  });

  it('a resource without a document has a challenge without its address; other routes say nothing new', async () => {
    expect(await challengeOf('no-document')).toEqual([401, 'Bearer realm="localhost:3000"']);
    expect(await challengeOf('own')).toEqual([401, 'Bearer realm="localhost:3000"']);
  });

  it('G8 the issuer is a resource: its document, and tokens that name it or nothing', async () => {
    expect((await challengeOf('issuer'))[1]).toContain(
      `resource_metadata="${TEST_ISSUER}/.well-known/oauth-protected-resource"`,
    );
    for (const token of [await host.token('files:list'), await host.token('files:list', `${TEST_ISSUER}/`)])
      expect([(await at('issuer', token)).status, (await at('mcp', token)).status]).toEqual([200, 401]);
  });

  it('G6 G16 RFC 8707 2: a token is for the resource it names, in our spelling', async () => {
    const token = await host.token('files:list', 'HTTPS://API.example.com:443/mcp');
    expect((await at('mcp', token)).body).toEqual({ audience: [MCP] });
    for (const [asked, spelled] of [
      [FILES, 'files'],
      [BARE, 'bare'],
      [`${BARE}/`, 'bare'],
    ] as const)
      expect([asked, (await at(spelled, await host.token('files:list', asked))).status]).toEqual([asked, 200]);
  });
});
