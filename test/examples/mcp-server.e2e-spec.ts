import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { startExample, type ExampleProcess } from '../support/example.js';
import { send } from '../support/http.js';
import { CLIENT_METADATA, McpClient, SDK_CLIENTS, type KnownBy } from '../support/mcp-clients.js';
import { Person, type IssuerHost } from '../support/relying-party.js';

const WAYS: Readonly<Record<string, (site: DocumentHost) => KnownBy>> = {
  'a metadata document': (site) => ({ clientMetadataUrl: site.at('/client.json') }),
  registration: () => ({}),
  'an id of the options': () => ({ clientId: 'notes-cli' }),
};
const cases = SDK_CLIENTS.flatMap((sdk) => Object.entries(WAYS).map(([way, known]) => ({ sdk, way, known })));

describe('examples/mcp-server', () => {
  let database: TestDatabase;
  let site: DocumentHost;
  let server: ExampleProcess;
  let person: Person;
  const certificate = join(tmpdir(), `nest-authority-document-host-${process.pid}.pem`);
  beforeAll(async () => {
    [database, site] = await Promise.all([createTestDatabase(), startDocumentHost()]);
    site.put('/client.json', CLIENT_METADATA);
    await writeFile(certificate, site.pem);
    const env = { DATABASE_URL: database.url, NODE_EXTRA_CA_CERTS: certificate, LOCAL_DOCUMENTS: 'yes' };
    server = await startExample('mcp-server', { env });
    person = await Person.of({ url: server.url, issuer: server.url } as IssuerHost);
  });
  afterAll(async () => {
    await server?.stop();
    await site?.close();
    await database?.drop();
    await rm(certificate, { force: true });
  });

  it.each(cases)('$sdk connects by $way, is refused a tool, steps up, and calls it', async ({ sdk, known }) => {
    const knownBy = known(site);
    const client = await new McpClient(sdk, `${server.url}/mcp`, person, knownBy).connect();
    if (knownBy.clientMetadataUrl) expect(client.clientId).toBe(knownBy.clientMetadataUrl);
    expect(await client.tools()).toEqual(['list_notes', 'add_note']);
    const before = (await client.call('list_notes')) as string[];
    expect(client.asked).toHaveLength(1);
    expect(client.asked[0]!.split(' ')).toContain('notes:read');
    expect(client.asked[0]!.split(' ')).not.toContain('notes:write');
    const note = `by ${sdk}, ${before.length}`;
    expect(await client.call('add_note', { note })).toBe(`Kept: ${note}`);
    expect(client.asked).toHaveLength(2);
    expect(client.asked[1]!.split(' ')).toEqual(expect.arrayContaining(['notes:read', 'notes:write']));
    expect(await client.call('list_notes')).toEqual([...before, note]);
    expect(client.asked).toHaveLength(2);
    await client.close();
  });

  it('says on the way what its README says', async () => {
    const stranger = await send(`${server.url}/mcp`);
    expect(stranger.status).toBe(401);
    const document = `${server.url}/.well-known/oauth-protected-resource/mcp`;
    expect(stranger.headers.get('www-authenticate')).toContain(`resource_metadata="${document}"`);
    expect((await send(document)).body).toMatchObject({
      resource: `${server.url}/mcp`,
      authorization_servers: [server.url],
      scopes_supported: ['notes:read'],
      resource_name: 'Notes',
    });
    const { body } = await send(`${server.url}/.well-known/oauth-authorization-server`);
    expect(body).toMatchObject({
      client_id_metadata_document_supported: true,
      registration_endpoint: expect.any(String),
      scopes_supported: expect.arrayContaining(['offline_access']),
    });
  });
});
