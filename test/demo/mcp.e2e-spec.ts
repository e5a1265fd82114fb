import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADAPTERS } from '../support/adapter.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startDemo, type DemoProcess } from '../support/demo.js';
import { startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { freePort } from '../support/free-port.js';
import { CLIENT_METADATA, McpClient, SDK_CLIENTS, type KnownBy } from '../support/mcp-clients.js';
import { Person, type IssuerHost } from '../support/relying-party.js';

/** A client of AUTH_CLIENTS_FILE. */
const KNOWN = {
  ...CLIENT_METADATA,
  client_id: 'known',
  application_type: 'native',
  scope: 'read:data write:data offline_access',
};
const WAYS: Readonly<Record<string, (site: DocumentHost) => KnownBy>> = {
  'a metadata document': (site) => ({ clientMetadataUrl: site.at('/client.json') }),
  registration: () => ({}),
  'an id that is known': () => ({ clientId: KNOWN.client_id }),
};
const CASES = SDK_CLIENTS.flatMap((sdk) => Object.entries(WAYS).map(([way, known]) => ({ sdk, way, known })));

describe.each(ADAPTERS)('/mcp of the demo on %s', (adapter) => {
  let database: TestDatabase;
  let site: DocumentHost;
  let folder: string;
  let demo: DemoProcess;
  let issuer: string;
  let person: Person;
  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://127.0.0.1:${port}`;
    [database, site] = await Promise.all([createTestDatabase(), startDocumentHost()]);
    site.put('/client.json', CLIENT_METADATA);
    folder = await mkdtemp(join(tmpdir(), 'nest-authority-mcp-'));
    const [clients, certificate] = [join(folder, 'clients.json'), join(folder, 'site.pem')];
    await Promise.all([writeFile(clients, JSON.stringify([KNOWN])), writeFile(certificate, site.pem)]);
    demo = await startDemo(database.url, {
      AUTH_HTTP_ADAPTER: adapter,
      AUTH_ALLOW_PRIVATE_NETWORK: 'true',
      AUTH_CLIENTS_FILE: clients,
      AUTH_DYNAMIC_REGISTRATION: 'open',
      AUTH_ISSUER: issuer,
      NODE_EXTRA_CA_CERTS: certificate,
      PORT: String(port),
    });
    await demo.ready();
    person = await Person.of({ url: issuer, issuer } as IssuerHost);
  });
  afterAll(async () => {
    await demo?.end('SIGKILL');
    await site?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(CASES)('$sdk connects by $way, knows its user, and steps up to add a note', async ({ sdk, known }) => {
    const client = await new McpClient(sdk, `${issuer}/mcp`, person, known(site)).connect();
    expect(await client.tools()).toEqual(['whoami', 'add_note']);
    expect(await client.call('whoami')).toMatchObject({ subjectId: person.id, clientId: client.clientId });
    expect(await client.call('add_note', { note: 'milk' })).toEqual({ notes: expect.any(Number) });
    expect(client.asked).toHaveLength(2);
    expect(await client.call('whoami')).toMatchObject({ notes: expect.arrayContaining(['milk']) });
    // SDK 1 asks for what the last challenge names, and for nothing else.
    expect(client.mayRefresh).toBe(sdk === 'SDK 2');
    await client.close();
  });
});
