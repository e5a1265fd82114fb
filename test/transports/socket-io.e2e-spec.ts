import { createTestApp, type TestApp } from '../support/app.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { connectIo } from '../support/socket-clients.js';
import { NAMESPACE, socketGateways } from '../support/socket-gateways.js';
import { statusOrSubject } from '../support/socket-matrix.js';
import { signUp } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('F30: sockets of socket.io on %s', (adapter) => {
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } },
      providers: socketGateways(NAMESPACE),
    });
    world = await matrixWorld(host, await signUp(host.url));
  });
  afterAll(() => host?.close());

  it.each(CREDENTIAL_MATRIX)('the credential matrix: $name', async (row) => {
    expect(await statusOrSubject(connectIo, host.url, row, world)).toBe(
      row.expected === 'user' ? world.user.id : row.expected,
    );
  });
});
