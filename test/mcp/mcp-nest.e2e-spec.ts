import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ADAPTERS } from '../support/adapter.js';
import { send } from '../support/http.js';
import { MCP } from '../support/mcp-servers.js';
import { startServer, type ServerProcess } from '../support/server-process.js';
import { VendorIssuer } from '../support/vendor-issuer.js';

const ISSUER = 'https://login.example.com';

describe.each(ADAPTERS)('tools of @rekog/mcp-nest on %s', (ADAPTER) => {
  const issuer = new VendorIssuer();
  let host: ServerProcess;
  const clients: Client[] = [];
  beforeAll(async () => {
    await issuer.start();
    host = await start();
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  afterAll(async () => {
    await host?.stop();
    await issuer.stop();
  });

  function start(env: Record<string, string> = {}): Promise<ServerProcess> {
    const JWKS = JSON.stringify({ keys: [issuer.jwk] });
    return startServer('.', 'test/support/mcp-nest-host.mjs', { ADAPTER, JWKS, ISSUER, AUDIENCE: MCP, ...env });
  }

  function bearer(scope: string): Promise<string> {
    const claims = { iss: ISSUER, sub: 'ann', aud: MCP, client_id: 'agent', jti: 'a-token', scope };
    return issuer.sign(claims, { typ: 'at+jwt' });
  }

  async function connected(scope: string | null, { url } = host): Promise<Client> {
    const client = new Client({ name: 'a test', version: '1.0.0' });
    const headers: Record<string, string> = scope === null ? {} : { authorization: `Bearer ${await bearer(scope)}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }) as never,
    );
    clients.push(client);
    return client;
  }

  async function call(client: Client, name: string) {
    const { content, isError } = (await client.callTool({ name })) as {
      content: { text: string }[];
      isError?: boolean;
    };
    return isError ? { failed: content[0]!.text } : JSON.parse(content[0]!.text);
  }

  it('know the principal, and mcp-nest knows a user', async () => {
    const client = await connected('notes:read');
    expect(await call(client, 'whoami')).toEqual({ subjectId: `${ISSUER}|ann`, scopes: ['notes:read'] });
    const { auth, user } = await call(client, 'auth_info');
    expect(auth).toMatchObject({ token: 'a-token', clientId: 'agent', scopes: ['notes:read'] });
    expect(user).toMatchObject({ subjectId: `${ISSUER}|ann`, scope: 'notes:read', roles: [] });
  });

  it('403 without the scopes of a tool, all of them named, with those of the route', async () => {
    const client = await connected('notes:read');
    await expect(call(client, 'add_note')).rejects.toMatchObject({ code: 403 });
    await expect(call(client, 'remove_note')).rejects.toThrow(
      /notes:read notes:write notes:remove|notes:read notes:remove notes:write/,
    );
    const writer = await connected('notes:read notes:write');
    expect(await call(writer, 'add_note')).toEqual({ told: [`${ISSUER}|ann`, `${ISSUER}|ann`], may: false });
  });

  it('lists a tool that asks for scopes, and hides one by the decorator of mcp-nest, which the guard reads', async () => {
    const client = await connected('notes:read');
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['add_note', 'remove_note', 'open']));
    expect(names).not.toEqual(expect.arrayContaining(['hidden']));
    await expect(call(client, 'hidden')).rejects.toThrow(/notes:read notes:admin/);
    await expect(call(client, 'either')).rejects.toThrow(/notes:read notes:admin notes:write/);
    expect(await call(client, 'open')).toBe('open');
    expect(await call(await connected('notes:read notes:write'), 'either')).toBe('either');
    expect(await call(await connected('notes:read notes:admin'), 'hidden')).toBe('hidden');
  });

  it('401 for a tool with scopes where the route lets strangers in', async () => {
    const open = await start({ ROUTE: 'optional' });
    try {
      const client = await connected(null, open);
      expect(await call(client, 'whoami')).toBeNull();
      await expect(call(client, 'add_note')).rejects.toMatchObject({ code: 401 });
    } finally {
      await open.stop();
    }
  });

  it('T176: 400 for a body that only mcp-nest would read', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'hidden' } };
    const accept = 'application/json, text/event-stream';
    for (const type of ['text/plain', 'text/plain; a=application/json']) {
      const headers = { accept, 'content-type': type };
      const answer = await send(`${host.url}/mcp`, {
        body: JSON.stringify(message),
        headers,
        bearer: await bearer('notes:read'),
      });
      expect(answer.status).toBe(400);
    }
  });

  it('T176: nobody calls a tool with scopes where mcp-nest mounts its route past the guards', async () => {
    const open = await start({ ROUTE: 'mounted' });
    try {
      for (const scope of [null, 'notes:read notes:write']) {
        const client = await connected(scope, open);
        expect(await call(client, 'add_note')).toEqual({ failed: expect.stringContaining('Unauthorized') });
      }
    } finally {
      await open.stop();
    }
  });
});
