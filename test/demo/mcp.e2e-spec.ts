import { ADAPTERS } from '../support/adapter.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startDemo, type DemoProcess } from '../support/demo.js';
import { freePort } from '../support/free-port.js';
import { McpClient, SDK_CLIENTS } from '../support/mcp-clients.js';
import { Person, type IssuerHost } from '../support/relying-party.js';

describe.each(ADAPTERS)('/mcp of the demo on %s', (adapter) => {
  let database: TestDatabase;
  let demo: DemoProcess;
  let issuer: string;
  let person: Person;
  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://127.0.0.1:${port}`;
    database = await createTestDatabase();
    demo = await startDemo(database.url, {
      AUTH_HTTP_ADAPTER: adapter,
      AUTH_DYNAMIC_REGISTRATION: 'open',
      AUTH_ISSUER: issuer,
      PORT: String(port),
    });
    await demo.ready();
    person = await Person.of({ url: issuer, issuer } as IssuerHost);
  });
  afterAll(async () => {
    await demo?.end('SIGKILL');
    await database?.drop();
  });

  it.each(SDK_CLIENTS)('%s connects, knows its user, and steps up to add a note', async (sdk) => {
    const client = await new McpClient(sdk, `${issuer}/mcp`, person).connect();
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
