import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { StaticClientOptions } from '../../src/index.js';
import { ADAPTERS } from '../support/adapter.js';
import type { TestApp } from '../support/app.js';
import { CALLBACK, createOAuthApp, tokensFor } from '../support/client-auth.js';
import { MCP, SdkOneController, SdkTwoController } from '../support/mcp-servers.js';
import { signUp, type SignedInUser } from '../support/users.js';

const AGENT: StaticClientOptions = {
  clientId: 'agent',
  redirectUris: [CALLBACK],
  scopes: ['notes:read', 'notes:write', 'offline_access'],
};

const SERVERS = { 'SDK 1': SdkOneController, 'SDK 2': SdkTwoController };
const cases = Object.entries(SERVERS).flatMap(([name, controller]) =>
  ADAPTERS.map((adapter) => ({ name, adapter, controller })),
);

describe.each(cases)('tools of $name on $adapter', ({ adapter, controller }) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createOAuthApp({
      adapter,
      clients: [AGENT],
      controllers: [controller],
      auth: { resources: [{ resource: MCP }] },
      provider: { scopes: ['notes:read', 'notes:write', 'offline_access'] },
    });
    user = await signUp(host.url);
  });
  afterAll(() => host?.close());

  async function connected(scopes: string[]): Promise<Client> {
    const { access_token: token } = await tokensFor(host, AGENT, user, { scopes, resources: [MCP] });
    const client = new Client({ name: 'a test', version: '1.0.0' });
    const headers = { authorization: `Bearer ${token}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`), { requestInit: { headers } }) as never,
    );
    return client;
  }

  const answer = async (client: Client, tool: string) => {
    const { content } = (await client.callTool({ name: tool })) as { content: { text: string }[] };
    return JSON.parse(content[0]!.text);
  };

  it('know the principal', async () => {
    const client = await connected(['notes:read']);
    const expected = { subjectId: user.id, clientId: 'agent', scopes: ['notes:read'] };
    expect(await answer(client, 'whoami')).toEqual(expected);
    const { token, expiresAt, ...rest } = await answer(client, 'auth_info');
    expect(rest).toMatchObject({ clientId: 'agent', scopes: ['notes:read'], resource: MCP });
    expect(rest.extra.principal.credentialId).toBe(token);
    expect(expiresAt).toBeGreaterThan(Date.now() / 1000);
    await client.close();
  });

  it('are listed, and refused with 403 without their scope', async () => {
    const client = await connected(['notes:read']);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain('add_note');
    await expect(answer(client, 'add_note')).rejects.toMatchObject({ code: 403 });
    await client.close();
    const allowed = await connected(['notes:write']);
    expect(await answer(allowed, 'add_note')).toMatchObject({ subjectId: user.id, scopes: ['notes:write'] });
    await allowed.close();
  });
});
