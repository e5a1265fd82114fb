import { InterceptingCall, Metadata, type Interceptor } from '@grpc/grpc-js';
import { Controller, Injectable, type ExecutionContext, type INestApplication } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { EventPattern, GrpcMethod, MessagePattern, Payload, Transport, type RmqContext } from '@nestjs/microservices';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import {
  AuthContext,
  AuthGuard,
  BearerAuth,
  CurrentUser,
  Scopes,
  type AuthError,
  type HostUser,
} from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { ask, tcpClient } from '../support/ask.js';
import { freePort } from '../support/free-port.js';
import { grpcCaller, grpcOptions } from '../support/grpc.js';
import { RmqStrategy } from '../support/strategies.js';
import { until } from '../support/until.js';
import { signUp, type SignedInUser } from '../support/users.js';

const seen: unknown[] = [];
const audit = (what: string, who: string) => void seen.push([what, who]);
const tokens = { accessToken: '' };
let port = 0;

@Controller()
class ReportMessages {
  constructor(private readonly auth: AuthContext) {}

  @MessagePattern('reports.list')
  @BearerAuth()
  @Scopes('reports:read')
  list(@CurrentUser() user: HostUser) {
    return { of: user.email, by: this.auth.principal?.credentialType };
  }

  @EventPattern('reports.opened')
  @BearerAuth()
  opened(@Payload() message: { report: string }) {
    audit(message.report, this.auth.principal!.subjectId);
  }
}

@Controller()
class Calls {
  constructor(private readonly auth: AuthContext) {}

  @GrpcMethod('Callers', 'Caller')
  @BearerAuth()
  whoAmI(_message: object, _metadata: Metadata) {
    return { principal: this.auth.principal?.subjectId };
  }
}

function connect(app: INestApplication) {
  app.connectMicroservice({ transport: Transport.TCP, options: { port } }, { inheritAppConfig: true });
}

const withToken: Interceptor = (options, nextCall) =>
  new InterceptingCall(nextCall(options), {
    start(metadata, listener, next) {
      metadata.set('authorization', `Bearer ${tokens.accessToken}`);
      next(metadata, listener);
    },
  });

@Injectable()
class QueueGuard extends AuthGuard {
  protected override refusal(error: AuthError, context: ExecutionContext): Error {
    const message = context.switchToRpc().getContext<RmqContext>();
    if (error.status < 500) message.getChannelRef().nack(message.getMessage(), false, false);
    return error;
  }
}

describe('docs/guides/transports.md: microservices', () => {
  let host: TestApp;
  let user: SignedInUser;
  const rmq = new RmqStrategy({});
  let grpcPort = 0;
  beforeAll(async () => {
    port = await freePort();
    grpcPort = await freePort();
    host = await createTestApp({
      auth: { accounts: { session: { scopes: ['reports:read'] } } },
      controllers: [ReportMessages, Calls],
      providers: [QueueGuard, { provide: APP_GUARD, useExisting: QueueGuard }],
      configure: (app) => {
        connect(app);
        app.connectMicroservice(grpcOptions(grpcPort));
        app.connectMicroservice({ strategy: rmq }, { inheritAppConfig: true });
      },
    });
    await host.app.startAllMicroservices();
    user = await signUp(host.url);
    tokens.accessToken = user.accessToken;
  });
  afterAll(() => host?.close());

  it('a client over TCP', async () => {
    const client = await tcpClient(port);
    try {
      client.setOnDispatchHook((packet) => {
        packet.metadata = { authorization: `Bearer ${tokens.accessToken}` };
      });
      const list = await firstValueFrom(client.send('reports.list', {}));
      expect(list).toEqual({ of: user.email, by: 'access_token' });
      await lastValueFrom(client.emit('reports.opened', { report: 'q3' }), { defaultValue: null });
      await until('the event came', () => seen.length > 0);
      expect(seen).toEqual([['q3', user.id]]);
      client.setOnDispatchHook(() => undefined);
      expect(await ask(client, 'reports.list')).toMatchObject({ status: 'error' });
    } finally {
      await client.close();
    }
  });

  it('a client of gRPC', async () => {
    const grpc = grpcCaller(grpcPort, { interceptors: [withToken] });
    const ended = await grpc.call('Callers', 'Caller');
    grpc.close();
    expect(ended.sent).toMatchObject([{ principal: user.id }]);
  });

  it('a queue whose messages are acknowledged', async () => {
    expect(await rmq.ask('reports.list', {}, { authorization: 'Bearer bad' })).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(rmq.refused).toHaveLength(1);
  });
});
