import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DEMO_CREDENTIALS, startDemo, type DemoProcess } from '../support/demo.js';
import { ENTRA_SECRET, GRAPH_SCOPE, startEntra, type Entra } from '../support/entra.js';
import { send } from '../support/http.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

describe('GET /downstream/:application of the demo', () => {
  let entra: Entra;
  let downstream: Upstream;
  let database: TestDatabase;
  let demo: DemoProcess;
  let folder: string;
  let bearer: string;

  beforeAll(async () => {
    [entra, downstream, database] = await Promise.all([startEntra(), startUpstream(), createTestDatabase()]);
    folder = await mkdtemp(join(tmpdir(), 'nest-authority-outbound-'));
    const file = join(folder, 'outbound.json');
    const outbound = {
      providers: {
        microsoft: {
          tenantId: 'tenant-1',
          clientId: 'daemon',
          clientSecret: ENTRA_SECRET,
          authority: entra.origin,
        },
      },
      applications: {
        'graph-api': { scope: [GRAPH_SCOPE], url: `${downstream.origin}/v1.0/users` },
        silent: { scope: [GRAPH_SCOPE], provider: 'missing', url: downstream.origin },
      },
    };
    await writeFile(file, JSON.stringify(outbound));
    demo = await startDemo(database.url, { AUTH_OUTBOUND_FILE: file, AUTH_ALLOW_PRIVATE_NETWORK: 'true' });
    await demo.ready();
    bearer = (await send(`${demo.url}/api/auth/sign-in/email`, { body: DEMO_CREDENTIALS })).body.accessToken;
  });
  afterAll(async () => {
    await demo.end('SIGTERM');
    await Promise.all([entra.close(), downstream.close(), database.drop(), rm(folder, { recursive: true })]);
  });

  it('200 with the answer of the API, which saw the token; the provider was asked once', async () => {
    downstream.answer({ body: { users: 2 } });
    for (let round = 0; round < 3; round++) {
      const { status, body } = await send(`${demo.url}/downstream/graph-api`, { bearer });
      expect({ status, body }).toEqual({
        status: 200,
        body: { application: 'graph-api', status: 200, body: JSON.stringify({ users: 2 }) },
      });
    }
    const seen = new Set(downstream.seen.map(({ path, headers }) => `${path} ${headers.authorization}`));
    expect([...seen]).toEqual([expect.stringMatching(/^\/v1\.0\/users Bearer .{20,}$/)]);
    expect(await entra.tokenRequests()).toBe(1);
    expect(demo.output()).not.toContain(ENTRA_SECRET);
  });

  it('401 for strangers: the token is the demo’s, not the world’s', async () => {
    expect((await send(`${demo.url}/downstream/graph-api`)).status).toBe(401);
  });

  it('404 and 500 with the codes of the library', async () => {
    const codeOf = async (name: string) => {
      const { status, body } = await send(`${demo.url}/downstream/${name}`, { bearer });
      return `${status} ${body.code}`;
    };
    expect(await codeOf('nobody')).toBe('404 MICROSOFT_APPLICATION_NOT_FOUND');
    expect(await codeOf('silent')).toBe('500 PROVIDER_NOT_CONFIGURED');
  });
});
