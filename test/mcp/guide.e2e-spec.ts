import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { send } from '../support/http.js';
import { compile, startServer } from '../support/server-process.js';
import { VendorIssuer } from '../support/vendor-issuer.js';

const GUIDE = readFileSync('docs/guides/mcp.md', 'utf8');
const BLOCKS = [...GUIDE.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!);
const inOneLine = (code: string) => code.trim().replaceAll(/\s+/g, ' ');
const RESOURCE = 'https://mcp.example.com/mcp';

/** Files of the guide, by the comment in their first line. */
function fileOf(name: string, mark = ''): string {
  const found = BLOCKS.filter((code) => code.startsWith(`// ${name}\n`) && code.includes(mark));
  if (found.length !== 1) throw new Error(`the guide has ${found.length} files ${name} with ${mark}`);
  return found[0]!;
}

const MODULE = fileOf('app.module.ts').replace('forRoot({', 'forRoot({ allowPrivateNetwork: true,');
const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
const app = await NestFactory.create(AppModule);
await app.listen(process.env.PORT!);`;

const SERVERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'SDK 1': {
    'mcp.controller.ts': fileOf('mcp.controller.ts', 'StreamableHTTPServerTransport'),
    'app.module.ts': MODULE,
    'main.ts': MAIN,
  },
  'mcp-nest': {
    'notes.tools.ts': fileOf('notes.tools.ts'),
    'mcp.controller.ts': fileOf('mcp.controller.ts', 'McpHttpControllerFor'),
    'app.module.ts': MODULE.replace(
      'import { McpController }',
      "import { NotesTools } from './notes.tools.js';\nimport { McpRoute }",
    ).replace('[McpController]', '[NotesTools, McpRoute]'),
    'main.ts': fileOf('main.ts'),
  },
};
const CALLS = { 'SDK 1': ['remove_all', 'notes:write notes:remove'], 'mcp-nest': ['add_note', 'notes:write'] } as const;

describe('docs/guides/mcp.md', () => {
  it('shows code of examples/mcp-server, besides files that are whole', () => {
    const sources = readdirSync('examples/mcp-server/src').map((name) =>
      inOneLine(readFileSync(`examples/mcp-server/src/${name}`, 'utf8')),
    );
    const parts = BLOCKS.filter((code) => !/^\/\/ \S+\.ts\n/.test(code)).map(inOneLine);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.filter((code) => !sources.some((file) => file.includes(code)))).toEqual([]);
  });

  it.each(['SDK 1', 'mcp-nest'] as const)(
    'its files of %s compile, start without a database, and do what it says',
    async (name) => {
      const folder = await mkdtemp(join(tmpdir(), 'nest-authority-mcp-guide-'));
      const issuer = await new VendorIssuer().start();
      issuer.documents['/.well-known/oauth-authorization-server'] = {
        issuer: issuer.url,
        jwks_uri: `${issuer.url}/keys`,
      };
      issuer.documents['/keys'] = { keys: [issuer.jwk] };
      try {
        await place(folder, SERVERS[name]!);
        await compile(join(folder, 'project'));
        const server = await startServer(join(folder, 'project'), 'dist/main.js', { ISSUER: issuer.url, RESOURCE });
        await use(server.url, issuer, CALLS[name]).finally(() => server.stop());
      } finally {
        await issuer.stop();
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});

async function place(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, 'project/src'), { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'project/node_modules'));
  await symlink(resolve('.'), join(folder, 'project/node_modules/nest-authority'));
  await writeFile(join(folder, 'project/tsconfig.json'), await readFile('examples/mcp-server/tsconfig.json', 'utf8'));
  await writeFile(join(folder, 'project/package.json'), JSON.stringify({ type: 'module', private: true }));
  for (const [name, code] of Object.entries(files)) await writeFile(join(folder, 'project/src', name), code);
}

async function use(url: string, issuer: VendorIssuer, [tool, scope]: readonly [string, string]): Promise<void> {
  const sign = (scopes: string) =>
    issuer.sign(
      { iss: issuer.url, sub: 'ann', aud: RESOURCE, client_id: 'agent', jti: 'one', scope: scopes },
      { typ: 'at+jwt' },
    );
  const call = (name: string, bearer?: string) => {
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: { note: 'milk' } } };
    const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-06-18' };
    return send(`${url}/mcp`, { body, headers, ...(bearer !== undefined && { bearer }) });
  };
  const stranger = await call('whoami');
  const metadata = 'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"';
  expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining(metadata)]);
  const document = await send(`${url}/.well-known/oauth-protected-resource/mcp`);
  expect(document.body).toMatchObject({ resource: RESOURCE, authorization_servers: [issuer.url] });
  const reader = await sign('notes:read');
  expect((await call('whoami', reader)).text).toContain(`${issuer.url}|ann`);
  const refused = await call(tool, reader);
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringContaining(`scope="${scope}"`),
  ]);
  expect((await call(tool, await sign(`notes:read ${scope}`))).status).toBe(200);
}
