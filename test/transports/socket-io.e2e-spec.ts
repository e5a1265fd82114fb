import { APP_GUARD } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  Auth,
  AuthError,
  AuthGuard,
  CurrentPrincipal,
  OptionalAuth,
  Public,
  SessionsService,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { connected, connectIo, ioSocket, Refused, type Handshake } from '../support/socket-clients.js';
import { NAMESPACE, seenBy, socketGateways } from '../support/socket-gateways.js';
import { statusOrSubject } from '../support/socket-matrix.js';
import { signIn, signUp } from '../support/users.js';

const AUTH = { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } } as const;

async function matrixHost(options: TestAppOptions): Promise<{ host: TestApp; world: MatrixWorld }> {
  const host = await createTestApp({ auth: AUTH, ...options });
  return { host, world: await matrixWorld(host, await signUp(host.url)) };
}

describe.each(['express', 'fastify'] as const)('F30: the credential matrix over socket.io on %s', (adapter) => {
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    ({ host, world } = await matrixHost({ adapter, providers: socketGateways(NAMESPACE) }));
  });
  afterAll(() => host?.close());

  it.each(CREDENTIAL_MATRIX)('$name', async (row) => {
    expect(await statusOrSubject(connectIo, host.url, row, world)).toBe(
      row.expected === 'user' ? world.user.id : row.expected,
    );
  });
});

/** What it does not declare is guarded by the guard of the application. */
@WebSocketGateway({ namespace: 'undeclared' })
class UndeclaredGateway {
  @SubscribeMessage('plain') plain(@CurrentPrincipal() one: AuthPrincipal) {
    return seenBy(one);
  }
  @SubscribeMessage('throws') throws() {
    throw AuthError.tooManyRequests(3);
  }
}

@WebSocketGateway({ namespace: /^\/room-\d+$/ as never })
@Auth()
class RoomsGateway {
  @SubscribeMessage('hello') hello(@CurrentPrincipal() one: AuthPrincipal) {
    return seenBy(one);
  }
}

@WebSocketGateway()
@OptionalAuth()
class RootGateway {
  @SubscribeMessage('hello') hello(@CurrentPrincipal() one: AuthPrincipal | null) {
    return seenBy(one);
  }
}

describe('F30: socket.io under a guard of the application', () => {
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    // A class of strangers, as the guard of the application closes the others.
    const gateways = socketGateways(NAMESPACE).filter(({ name }) => /^(Matrix|Open)/.test(name));
    for (const gateway of gateways) Public()(gateway);
    ({ host, world } = await matrixHost({
      providers: [...gateways, UndeclaredGateway, { provide: APP_GUARD, useExisting: AuthGuard }],
    }));
  });
  afterAll(() => host?.close());

  it.each(CREDENTIAL_MATRIX)('$name', async (row) => {
    expect(await statusOrSubject(connectIo, host.url, row, world)).toBe(
      row.expected === 'user' ? world.user.id : row.expected,
    );
  });

  it('a gateway that declares nothing takes no strangers, and its refusals have our form', async () => {
    await expect(connectIo(host.url, 'undeclared')).rejects.toMatchObject({ status: 401 });
    const client = await connectIo(host.url, 'undeclared', { headers: { 'x-api-key': world.key } });
    expect((await client.ask('plain')).data).toEqual({ subject: world.user.id });
    expect((await client.ask('throws')).data).toEqual({
      status: 'error',
      code: 'TOO_MANY_REQUESTS',
      message: 'Too many requests',
      statusCode: 429,
      retryAfter: 3,
    });
    client.close();
  });
});

describe('F30: what is of socket.io alone', () => {
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    ({ host, world } = await matrixHost({
      providers: [...socketGateways(NAMESPACE), RoomsGateway, RootGateway],
    }));
  });
  afterAll(() => host?.close());

  const subjectOf = async (place: string, handshake: Handshake, event = 'hello'): Promise<unknown> => {
    try {
      const client = await connectIo(host.url, place, handshake);
      const { data } = await client.ask(event);
      client.close();
      return data.subject ?? data.statusCode;
    } catch (error) {
      if (error instanceof Refused) return error.status;
      throw error;
    }
  };

  it.each<[string, (world: MatrixWorld) => object, 'user' | number | 'nobody']>([
    ['token: an access token', ({ user }) => ({ token: user.accessToken }), 'user'],
    ['token: an API key', ({ key }) => ({ token: key }), 'user'],
    ['authorization', ({ user }) => ({ authorization: `Bearer ${user.token}` }), 'user'],
    ['x-api-key', ({ key }) => ({ 'x-api-key': key }), 'user'],
    ['X-API-Key', ({ key }) => ({ 'X-API-Key': key }), 'user'],
    ['members of the host beside it', ({ user }) => ({ token: user.accessToken, room: 7, user: { id: 'x' } }), 'user'],
    ['members of the host alone', () => ({ room: 7, user: { id: 'x' }, headers: { authorization: 'x' } }), 'nobody'],
    ['two of them', ({ user, key }) => ({ token: user.accessToken, 'x-api-key': key }), 400],
    ['one that is no text', () => ({ token: { toString: 'x' } }), 400],
    ['a list', ({ user }) => ({ token: [user.accessToken] }), 400],
    ['a bad token', () => ({ token: 'garbage' }), 401],
    ['a cookie (a page cannot read it)', ({ user }) => ({ cookie: user.cookie }), 'nobody'],
    ['a disabled key', ({ disabledKey }) => ({ 'x-api-key': disabledKey }), 401],
  ])('auth of the handshake: %s', async (_name, auth, expected) => {
    expect(await subjectOf('', { auth: auth(world) })).toBe(expected === 'user' ? world.user.id : expected);
  });

  it('400 a credential in a header field and another in auth', async () => {
    const headers = { authorization: `Bearer ${world.user.accessToken}` };
    expect(await subjectOf('', { headers, auth: { 'x-api-key': world.key } })).toBe(400);
    const proxy = { authorization: 'Basic YTpi' };
    expect(await subjectOf('', { headers: proxy, auth: { token: world.user.accessToken } })).toBe(world.user.id);
  });

  it('connect_error says why, in the form of every other refusal', async () => {
    const socket = ioSocket(host.url, 'writers', { auth: { token: world.user.accessToken } });
    await expect(connected(socket)).rejects.toMatchObject({
      message: expect.stringContaining('reports:write'),
      data: { status: 'error', code: 'INSUFFICIENT_SCOPE', statusCode: 403, requiredScopes: ['reports:write'] },
    });
    socket.close();
  });

  it('who waits for an acknowledgement gets the refusal too', async () => {
    const socket = await connected(ioSocket(host.url, 'closed', { auth: { token: world.user.accessToken } }));
    const told: unknown[] = [];
    socket.on('exception', (data) => told.push(data));
    expect(await socket.timeout(5_000).emitWithAck('acknowledged', {})).toEqual({ subject: world.user.id });
    const refusal = await socket.timeout(5_000).emitWithAck('writes', {});
    expect(refusal).toMatchObject({ status: 'error', code: 'INSUFFICIENT_SCOPE', statusCode: 403 });
    expect(await socket.timeout(5_000).emitWithAck('writes')).toEqual(refusal);
    expect(told).toEqual([refusal, refusal]);
    socket.close();
  });

  it('namespaces are connections of their own, with credentials of their own', async () => {
    const { user } = world;
    const another = await signIn(host.url, user.email);
    const root = ioSocket(host.url, '', { auth: { token: user.accessToken } });
    const closed = root.io.socket('/closed', { auth: { token: another.accessToken } });
    const refused = root.io.socket('/writers', { auth: { token: another.accessToken } });
    const all = await Promise.allSettled([connected(root), connected(closed), connected(refused)]);
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const ended = new Promise((resolve) => closed.once('disconnect', resolve));
    await host.app.get(SessionsService).end(user.id, another.sessionId);
    expect(await ended).toBe('io server disconnect');
    expect(await new Promise((resolve) => root.once('seen', resolve).emit('hello', {}))).toEqual({ subject: user.id });
    root.close();
  });

  it('namespaces of a pattern', async () => {
    expect(await subjectOf('room-7', {})).toBe(401);
    expect(await subjectOf('room-7', { auth: { token: world.user.accessToken } })).toBe(world.user.id);
  });

  it('long polling is the same', async () => {
    const socket = ioSocket(host.url, 'closed', { auth: { token: world.user.accessToken } }, ['polling']);
    await connected(socket);
    expect(await socket.timeout(5_000).emitWithAck('acknowledged', {})).toEqual({ subject: world.user.id });
    socket.close();
  });
});
