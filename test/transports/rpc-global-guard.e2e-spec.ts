import { Controller } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessagePattern, Transport, type ClientProxy } from '@nestjs/microservices';
import { AuthGuard, BearerAuth, CurrentPrincipal, Public, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { ask, tcpClient } from '../support/ask.js';
import { callerController, Ledger } from '../support/caller-messages.js';
import { freePort } from '../support/free-port.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Nothing of ours stands on the first. */
@Controller()
class PlainController {
  @MessagePattern('plain') plain(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { subject: principal?.subjectId ?? 'nobody' };
  }
  @MessagePattern('samples') @Public() samples() {
    return { subject: 'anybody' };
  }
  @MessagePattern('decorated') @BearerAuth() decorated() {
    return { subject: 'reached' };
  }
}

const UNAUTHORIZED = { status: 'error', code: 'UNAUTHORIZED', message: expect.any(String), statusCode: 401 };

/** With `AuthGuard` as a global guard. */
async function startHost(inheritAppConfig: boolean) {
  const warnings: string[] = [];
  const port = await freePort();
  const host = await createTestApp({
    auth: { apiKeys: true, transports: { rpc: { credentialField: 'authorization' } } },
    controllers: [callerController(MessagePattern), PlainController],
    providers: [Ledger, { provide: APP_GUARD, useExisting: AuthGuard }],
    configure: (app) => {
      const warn = (text: string, context: string) => void (context === 'AuthGuard' && warnings.push(text));
      app.useLogger({ warn, log: () => undefined, error: () => undefined });
      app.connectMicroservice(
        { transport: Transport.TCP, options: { port } },
        inheritAppConfig ? { inheritAppConfig } : {},
      );
    },
  });
  await host.app.startAllMicroservices();
  return { host, client: await tcpClient(port), user: await signUp(host.url), warnings };
}

describe('F30: AuthGuard as a global guard, inherited by the microservice', () => {
  let host: TestApp;
  let client: ClientProxy;
  let user: SignedInUser;
  let warnings: string[];
  beforeAll(async () => {
    ({ host, client, user, warnings } = await startHost(true));
  });
  afterAll(async () => {
    await client?.close();
    await host?.close();
  });

  it('guards what nothing of ours stands on, and refuses in its form', async () => {
    expect(warnings).toEqual([]);
    expect(await ask(client, 'plain', {})).toEqual(UNAUTHORIZED);
    expect(await ask(client, 'plain', { authorization: 'Bearer bad' })).toEqual(UNAUTHORIZED);
    expect(await ask(client, 'plain', { authorization: `Bearer ${user.token}` })).toEqual({ subject: user.id });
    expect(await ask(client, 'samples', {})).toEqual({ subject: 'anybody' });
    expect(await ask(client, 'open', {})).toMatchObject({ subject: 'nobody' });
    expect(await ask(client, 'caller', { authorization: `Bearer ${user.token}` })).toMatchObject({ context: user.id });
  });
});

describe('F30: AuthGuard as a global guard that the microservice does not inherit', () => {
  let host: TestApp;
  let client: ClientProxy;
  let warnings: string[];
  beforeAll(async () => {
    ({ host, client, warnings } = await startHost(false));
  });
  afterAll(async () => {
    await client?.close();
    await host?.close();
  });

  it('guards what our decorators stand on; the rest is open, as Nest has it, and the log says so', async () => {
    expect(warnings).toEqual([
      expect.stringMatching(/ServerTCP: messages to PlainController\.plain are open.*inheritAppConfig/),
    ]);
    expect(await ask(client, 'caller', {})).toEqual(UNAUTHORIZED);
    expect(await ask(client, 'plain', {})).toEqual({ subject: 'nobody' });
  });
});
