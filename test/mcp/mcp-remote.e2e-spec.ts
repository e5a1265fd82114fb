import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { freePort } from '../support/free-port.js';
import { createMcpHost, KNOWN, type McpHost } from '../support/mcp-host.js';
import { Person } from '../support/relying-party.js';

const PROXY = join(dirname(createRequire(import.meta.url).resolve('mcp-remote/package.json')), 'dist/proxy.js');

/** mcp-remote: how clients that know local servers only, such as older Claude Desktop and Cursor, reach one that is protected. */
describe('mcp-remote', () => {
  let host: McpHost;
  let folder: string;
  beforeAll(async () => {
    host = await createMcpHost();
    folder = mkdtempSync(join(tmpdir(), 'mcp-remote-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await host?.close();
  });

  const { clientId, clientSecret } = KNOWN;
  const WAYS: [string, (callback: string) => string[]][] = [
    ['its metadata document', (callback) => ['--client-metadata-url', documentOf(host, callback)]],
    ['registration', () => []],
    [
      'an id that is known',
      () => ['--static-oauth-client-info', JSON.stringify({ client_id: clientId, client_secret: clientSecret })],
    ],
  ];
  it.each(WAYS)('G2 by %s: connects, calls a tool, is refused another, steps up and calls it', async (name, args) => {
    const person = await Person.of(host);
    const port = await freePort();
    const callback = `http://127.0.0.1:${port}/oauth/callback`;
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [
        PROXY,
        host.mcp,
        String(port),
        '--host',
        '127.0.0.1',
        '--allow-http',
        '--transport',
        'http-only',
        ...args(callback),
      ],
      // No browser: the person of the test follows the address that it shows.
      env: {
        ...(process.env as Record<string, string>),
        MCP_REMOTE_CONFIG_DIR: join(folder, name),
        BROWSER: 'none',
        PATH: '',
      },
      stderr: 'pipe',
    });
    const client = new Client({ name: 'an editor', version: '1.0.0' });
    const addresses = follow(transport.stderr as Readable, person, host);
    try {
      await client.connect(transport as never);
      expect((await client.listTools()).tools.map((tool) => tool.name).toSorted()).toContain('add_note');
      expect(await answerOf(client, 'whoami')).toEqual({
        subjectId: person.id,
        clientId: expect.any(String),
        scopes: ['notes:read', 'offline_access'],
      });
      expect((await answerOf(client, 'add_note')).scopes).toEqual(
        expect.arrayContaining(['notes:read', 'notes:write']),
      );
      const [first, again] = addresses.map(({ searchParams }) => searchParams.get('scope')!.split(' '));
      expect(first).not.toContain('notes:write');
      expect(again).toEqual(expect.arrayContaining(['notes:read', 'notes:write']));
    } finally {
      await client.close();
    }
  });
});

async function answerOf(client: Client, tool: string) {
  const { content } = (await client.callTool({ name: tool })) as { content: { text: string }[] };
  try {
    return JSON.parse(content[0]!.text);
  } catch {
    return content;
  }
}

/** Opens each address of ours that the program shows, agrees, and takes the answer to where the program listens. @returns the addresses */
function follow(stream: Readable, person: Person, { issuer }: McpHost): URL[] {
  const seen: URL[] = [];
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (const [address] of text.matchAll(/http:\S+\/authorize\?\S+(?=\s)/g)) {
      if (!address.startsWith(issuer) || seen.some(({ href }) => href === new URL(address).href)) continue;
      seen.push(new URL(address));
      void person.go(address).then(({ url }) => arrive(url));
    }
  });
  return seen;
}

/** The program shows an address before it listens for the answer; people are slower than that. */
async function arrive(url: URL): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const arrived = await fetch(url).catch(() => null);
    if (arrived) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function documentOf({ documents }: McpHost, callback: string): string {
  const redirects = [callback.replace('127.0.0.1', 'localhost'), callback];
  return documents.put('/mcp-remote.json', {
    client_name: 'mcp-remote',
    redirect_uris: redirects,
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  });
}
