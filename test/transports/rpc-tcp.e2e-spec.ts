import type { INestMicroservice } from '@nestjs/common';
import { MessagePattern, Transport, type ClientProxy } from '@nestjs/microservices';
import { createTestApp, type TestApp } from '../support/app.js';
import { ask, askWith, tcpClient } from '../support/ask.js';
import { callerController, Ledger } from '../support/caller-messages.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { freePort } from '../support/free-port.js';
import { expectAnswer, matrixController } from '../support/matrix-messages.js';
import { createTestMicroservice } from '../support/microservice.js';
import { signUp } from '../support/users.js';

const auth = { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } } as const;
const controllers = [matrixController(MessagePattern), callerController(MessagePattern)];
/** Where these clients put header fields: a choice of the host. */
const fieldsOf = (data: unknown) => (data as { fields?: Record<string, string> } | null)?.fields;

describe.each(['express', 'fastify'] as const)('F30: messages over TCP to a hybrid application on %s', (adapter) => {
  let host: TestApp;
  let client: ClientProxy;
  let world: MatrixWorld;
  beforeAll(async () => {
    const port = await freePort();
    host = await createTestApp({
      adapter,
      auth: { ...auth, transports: { rpc: { credentialField: fieldsOf } } },
      controllers,
      providers: [Ledger],
      configure: (app) => void app.connectMicroservice({ transport: Transport.TCP, options: { port } }),
    });
    await host.app.startAllMicroservices();
    client = await tcpClient(port);
    world = await matrixWorld(host, await signUp(host.url));
  });
  afterAll(async () => {
    await client?.close();
    await host?.close();
  });

  it.each(CREDENTIAL_MATRIX)('by the field of the host: $name', async (one) => {
    expectAnswer(await ask(client, one.handler, { fields: one.headers(world) }), one, world);
  });

  it.each(CREDENTIAL_MATRIX)('by the metadata of the packet: $name', async (one) => {
    expectAnswer(await askWith(client, one.headers(world), one.handler), one, world);
  });
});

describe('F30: messages over TCP to a microservice alone', () => {
  let host: TestApp;
  let service: INestMicroservice;
  let client: ClientProxy;
  let world: MatrixWorld;
  beforeAll(async () => {
    const port = await freePort();
    host = await createTestApp({ auth });
    world = await matrixWorld(host, await signUp(host.url));
    service = await createTestMicroservice(
      { transport: Transport.TCP, options: { port } },
      {
        databaseUrl: host.databaseUrl,
        auth: { ...auth, transports: { rpc: { credentialField: 'authorization' } } },
        controllers,
        providers: [Ledger],
      },
    );
    client = await tcpClient(port);
  });
  afterAll(async () => {
    await client?.close();
    await service?.close();
    await host?.close();
  });

  it.each(CREDENTIAL_MATRIX)('by the metadata of the packet: $name', async (one) => {
    expectAnswer(await askWith(client, one.headers(world), one.handler), one, world);
  });

  it('by the member of the message that the host names, which stays in it', async () => {
    expect(await ask(client, 'bearer', { authorization: `Bearer ${world.user.token}` })).toEqual({
      subject: world.user.id,
    });
  });
});
