import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startExample, type ExampleProcess } from '../support/example.js';
import { send } from '../support/http.js';
import { McpClient, SDK_CLIENTS, type KnownBy } from '../support/mcp-clients.js';
import { Person, type IssuerHost } from '../support/relying-party.js';

const WAYS: Readonly<Record<string, KnownBy>> = {
  registration: {},
  'a client of the options': { clientId: 'notes-cli' },
};
const cases = SDK_CLIENTS.flatMap((sdk) => Object.entries(WAYS).map(([way, knownBy]) => ({ sdk, way, knownBy })));

describe('examples/mcp-server', () => {
  let database: TestDatabase;
  let server: ExampleProcess;
  let person: Person;
  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startExample('mcp-server', { env: { DATABASE_URL: database.url } });
    person = await Person.of({ url: server.url, issuer: server.url } as IssuerHost);
  });
  afterAll(async () => {
    await server?.stop();
    await database?.drop();
  });

  it.each(cases)(
    'a stock client of $sdk connects by $way, is refused a tool, steps up and calls it',
    async ({ sdk, knownBy }) => {
      const client = await new McpClient(sdk, `${server.url}/mcp`, person, knownBy).connect();
      expect(await client.tools()).toEqual(['list_notes', 'add_note']);
      const before = (await client.call('list_notes')) as string[];
      expect(client.asked).toHaveLength(1);
      expect(client.asked[0]!.split(' ')).not.toContain('notes:write');
      const note = `by ${sdk} ${before.length}`;
      expect(await client.call('add_note', { note })).toBe(`Kept: ${note}`);
      expect(client.asked).toHaveLength(2);
      expect(client.asked[1]!.split(' ')).toContain('notes:write');
      expect(await client.call('list_notes')).toEqual([...before, note]);
      await client.close();
    },
  );

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
    expect(body.scopes_supported).toContain('offline_access');
  });
});
