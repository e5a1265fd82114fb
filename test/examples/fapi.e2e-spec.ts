import { readdirSync, readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { placeExample } from '../support/example.js';
import { send } from '../support/http.js';
import { Person, type IssuerHost } from '../support/relying-party.js';
import { compile, startServer, type ServerProcess } from '../support/server-process.js';

const inOneLine = (code: string) => code.trim().replaceAll(/\s+/g, ' ');
const SOURCES = readdirSync('examples/fapi/src').map((name) =>
  inOneLine(readFileSync(`examples/fapi/src/${name}`, 'utf8')),
);

describe('docs/guides/fapi.md', () => {
  it('shows code of examples/fapi', () => {
    const guide = readFileSync('docs/guides/fapi.md', 'utf8');
    const blocks = [...guide.matchAll(/^```ts\n([^]*?)^```$/gm)].flatMap(([, code]) => code!.split(/^ *\/\/ …$/m));
    expect(blocks.length).toBeGreaterThan(3);
    expect(blocks.map(inOneLine).filter((code) => !SOURCES.some((file) => file.includes(code)))).toEqual([]);
  });
});

describe.each(['fapi2', 'fapi2-message-signing'])('examples/fapi with the profile %s', (PROFILE) => {
  let database: TestDatabase;
  let placed: { folder: string; remove(): Promise<void> };
  let server: ServerProcess;
  let client: ServerProcess;

  beforeAll(async () => {
    [database, placed] = await Promise.all([createTestDatabase(), placeExample('fapi')]);
    await compile(placed.folder);
    server = await startServer(placed.folder, 'dist/main.js', { DATABASE_URL: database.url, PROFILE });
    client = await startServer(placed.folder, 'dist/client.js', { SERVER: server.url });
  });
  afterAll(async () => {
    await client?.stop();
    await server?.stop();
    await placed?.remove();
    await database?.drop();
  });

  it('signs a user in and calls the API, as the guide says', async () => {
    const begun = await send(client.url);
    const start = new URL(begun.headers.get('location')!);
    expect([...start.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const person = await Person.of({ url: server.url, issuer: server.url } as IssuerHost);
    const { url } = await person.go(start);
    expect(url.searchParams.has('response')).toBe(PROFILE === 'fapi2-message-signing');
    const cookie = begun.headers.getSetCookie()[0]!.split(';')[0]!;
    const ended = await send(url.href, { headers: { cookie } });
    expect([ended.status, ended.text]).toEqual([200, expect.stringMatching(/^Reports of ./)]);
    expect(person.seen).toEqual(['sign-in', 'consent']);
    // Another browser cannot end it.
    expect((await send(url.href)).status).toBe(400);
  });

  it('says what it asks for, and lets nobody to its API without a bound token', async () => {
    const { body } = await send(`${server.url}/.well-known/oauth-authorization-server`);
    expect(body).toMatchObject({
      require_pushed_authorization_requests: true,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    });
    expect((await send(`${server.url}/reports`)).status).toBe(401);
  });
});
