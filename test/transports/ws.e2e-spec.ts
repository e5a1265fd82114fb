import { WsAdapter } from '@nestjs/platform-ws';
import { createTestApp, type TestApp } from '../support/app.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { connectWs } from '../support/socket-clients.js';
import { PATH, socketGateways } from '../support/socket-gateways.js';
import { statusOrSubject } from '../support/socket-matrix.js';
import { signUp } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('F30: sockets of ws on %s', (adapter) => {
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } },
      providers: socketGateways(PATH),
      configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    });
    world = await matrixWorld(host, await signUp(host.url));
  });
  afterAll(() => host?.close());

  it.each(CREDENTIAL_MATRIX)('the credential matrix: $name', async (row) => {
    expect(await statusOrSubject(connectWs, host.url, row, world)).toBe(
      row.expected === 'user' ? world.user.id : row.expected,
    );
  });
});
