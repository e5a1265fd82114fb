import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMcpHost, KNOWN, LOOPBACK, type McpHost } from '../support/mcp-host.js';
import { Person } from '../support/relying-party.js';
import { startProgram, type Program } from '../support/spoken-lines.js';

/** Where `.ci/run` puts the Python SDK of MCP. */
const PYTHON = join(process.cwd(), '.cache/python/bin/python');
const isThere = existsSync(PYTHON);
if (!isThere) console.warn('The Python SDK of MCP is not there (.cache/python): its client is not tested');

/** The stock client of the Python SDK, from the first 401 to a tool that asks for more. */
(isThere ? describe : describe.skip)('the client of the Python SDK', () => {
  let host: McpHost;
  beforeAll(async () => {
    host = await createMcpHost();
  });
  afterAll(() => host?.close());

  const start = (client: object): Program =>
    startProgram(PYTHON, [
      'test/support/mcp-client.py',
      host.mcp,
      JSON.stringify({ redirectUri: LOOPBACK, ...client }),
    ]);
  const told = async (program: Program) => JSON.parse(await program.line((line) => line.startsWith('{')));

  const WAYS: [string, () => object][] = [
    ['its metadata document', () => ({ metadataUrl: documentOf(host) })],
    ['registration', () => ({})],
    ['an id that is known', () => ({ clientId: KNOWN.clientId, clientSecret: KNOWN.clientSecret })],
  ];
  it.each(WAYS)(
    'G2 by %s: connects, calls a tool, is refused another, steps up and calls it',
    async (_name, client) => {
      const person = await Person.of(host);
      const program = start(client());
      try {
        const first = new URL((await told(program)).authorize);
        expect(first.searchParams.get('resource')).toBe(host.mcp);
        expect(first.searchParams.get('scope')!.split(' ')).toContain('notes:read');
        expect(first.searchParams.get('scope')!.split(' ')).not.toContain('notes:write');
        program.say((await person.go(first)).url.href);
        expect((await told(program)).tools).toEqual(['add_note', 'auth_info', 'whoami']);
        program.say('whoami');
        const [who] = (await told(program)).result;
        expect(JSON.parse(who)).toMatchObject({ subjectId: person.id });
        program.say('add_note');
        const again = new URL((await told(program)).authorize);
        const scope = again.searchParams.get('scope')!.split(' ');
        expect(scope).toEqual(expect.arrayContaining(['notes:read', 'notes:write']));
        program.say((await person.go(again)).url.href);
        const [added] = (await told(program)).result;
        expect(JSON.parse(added)).toMatchObject({ subjectId: person.id });
      } finally {
        await program.stop();
      }
    },
  );
});

function documentOf({ documents }: McpHost): string {
  return documents.put('/python.json', {
    client_name: 'Python',
    redirect_uris: [LOOPBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  });
}
