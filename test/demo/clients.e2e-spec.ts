import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { provesItself, register, SMALLEST } from '../support/clients.js';
import { startDemo, type DemoProcess } from '../support/demo.js';
import { send } from '../support/http.js';

const ADMIN = 'the token of the administration';

describe('OAuth clients of the demo', () => {
  let folder: string;
  let database: TestDatabase;
  const nodes: DemoProcess[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-authority-clients-'));
    database = await createTestDatabase();
  });
  afterAll(async () => {
    for (const node of nodes) await node.end('SIGTERM');
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('AUTH_CLIENTS_FILE is put in place by nodes that start at once, and registration is open when the environment says so', async () => {
    const file = join(folder, 'clients.json');
    const client = { client_id: 'suite-1', client_secret: 'a secret of the suite', require_pkce: false };
    const encrypted = { ...client, ...SMALLEST, client_id: 'encrypted', id_token_encrypted_response_alg: 'RSA-OAEP' };
    await writeFile(file, JSON.stringify([encrypted, { ...client, ...SMALLEST, client_name: 'Suite' }]));
    const env = {
      AUTH_CLIENTS_FILE: file,
      AUTH_OAUTH21: 'false',
      AUTH_DYNAMIC_REGISTRATION: 'open',
      AUTH_ADMIN_TOKEN: ADMIN,
    };
    nodes.push(...(await Promise.all([startDemo(database.url, env), startDemo(database.url, env)])));
    await Promise.all(nodes.map((node) => node.ready()));
    for (const node of nodes) {
      expect(await provesItself(node, client.client_id, client.client_secret)).toBe(true);
      expect((await register(node, SMALLEST)).status).toBe(201);
      // F48: refused by name, and not made without what it asks for.
      expect(node.output()).toContain(
        'client "encrypted": id_token_encrypted_response_alg: this server does not offer it',
      );
      expect(await provesItself(node, 'encrypted', client.client_secret)).toBe(false);
    }
    const { body } = await send(`${nodes[0]!.url}/api/auth/admin/oauth-clients?search=suite-1`, { bearer: ADMIN });
    expect(body).toMatchObject({ total: 1, clients: [{ client_name: 'Suite', policy: { requirePkce: false } }] });
  });

  it('without it there is one client of each kind, and registration needs a session', async () => {
    const own = await createTestDatabase();
    const node = await startDemo(own.url, {});
    try {
      await node.ready();
      expect(await provesItself(node, 'demo-web', 'demo-web-secret')).toBe(true);
      expect((await register(node, SMALLEST)).status).toBe(401);
    } finally {
      await node.end('SIGTERM');
      await own.drop();
    }
  });
});
