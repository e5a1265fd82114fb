import { IoAdapter } from '@nestjs/platform-socket.io';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Auth, CurrentPrincipal, SessionsService, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { connected, ioSocket } from '../support/socket-clients.js';
import { seenBy } from '../support/socket-gateways.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

/** As hosts do who keep sockets in Redis. */
class RecoveringAdapter extends IoAdapter {
  override createIOServer(port: number, options?: object) {
    return super.createIOServer(port, { ...options, connectionStateRecovery: { skipMiddlewares: true } } as never);
  }
}

describe.each([
  ['which the gateway asks for', IoAdapter],
  ['which an adapter of the host asks for', RecoveringAdapter],
])('socket.io: connection state recovery, %s', (_name, Adapter) => {
  let host: TestApp;
  @WebSocketGateway({ connectionStateRecovery: {} })
  @Auth()
  class RecoveringGateway {
    @SubscribeMessage('hello') hello(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
  }
  beforeAll(async () => {
    host = await createTestApp({
      providers: [RecoveringGateway],
      configure: (app) => app.useWebSocketAdapter(new Adapter(app)),
    });
  });
  afterAll(() => host?.close());

  it('a credential that ended while the connection was away is refused when it comes back', async () => {
    const user = await signUp(host.url);
    const socket = ioSocket(host.url, '', { auth: { token: user.accessToken } });
    await connected(socket);
    socket.emit('hello', {});
    await until(
      'it has an offset to recover from',
      () => new Promise((resolve) => socket.once('seen', () => resolve(true))),
    );
    // The network breaks: the server keeps the connection for when it comes back.
    socket.io.engine.close();
    await until('it is away', () => !socket.connected);
    await host.app.get(SessionsService).end(user.id, user.sessionId);
    const heard = new Promise<string>((resolve) =>
      socket.once('connect_error', () => resolve('refused')).once('disconnect', () => resolve('refused')),
    );
    socket.on('seen', () => undefined);
    socket.connect();
    expect(await heard).toBe('refused');
    socket.close();
  });
});
