import { APP_GUARD } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { connect as connectTcp, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { AuthGuard, CurrentPrincipal, Public, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp, type TestAppOptions } from '../support/app.js';
import { describeInChromium } from '../support/chromium.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { freePort } from '../support/free-port.js';
import { connectWs, Refused } from '../support/socket-clients.js';
import { connections, PATH, seenBy, socketGateways } from '../support/socket-gateways.js';
import { cookiesIn } from '../support/page-visit.js';
import { statusOrSubject } from '../support/socket-matrix.js';
import { signUp } from '../support/users.js';

async function matrixHost(options: TestAppOptions): Promise<{ host: TestApp; world: MatrixWorld }> {
  const host = await createTestApp({
    auth: { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } },
    configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    ...options,
  });
  return { host, world: await matrixWorld(host, await signUp(host.url)) };
}

describe.each(['express', 'fastify'] as const)('F30: the credential matrix over ws on %s', (adapter) => {
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    ({ host, world } = await matrixHost({ adapter, providers: socketGateways(PATH) }));
  });
  afterAll(() => host?.close());

  it.each(CREDENTIAL_MATRIX)('$name', async (row) => {
    expect(await statusOrSubject(connectWs, host.url, row, world)).toBe(
      row.expected === 'user' ? world.user.id : row.expected,
    );
  });
});

describe('F30: ws under a guard of the application, on a port of its own', () => {
  let host: TestApp;
  let world: MatrixWorld;
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const gateways = socketGateways(PATH).filter(({ name }) => /^(Matrix|Open)/.test(name));
    for (const gateway of gateways) {
      Public()(gateway);
      Reflect.defineMetadata('port', port, gateway);
    }
    ({ host, world } = await matrixHost({ providers: [...gateways, { provide: APP_GUARD, useExisting: AuthGuard }] }));
  });
  afterAll(() => host?.close());

  it.each(CREDENTIAL_MATRIX)('$name', async (row) => {
    expect(await statusOrSubject(connectWs, url, row, world)).toBe(
      row.expected === 'user' ? world.user.id : row.expected,
    );
  });
});

/** A host that has a subprotocol of its own. */
@WebSocketGateway({
  path: '/chat',
  handleProtocols: (offered: Set<string>) => (offered.has('chat.v1') ? 'chat.v1' : false),
} as object)
class ChatGateway {
  @SubscribeMessage('hello') @Public() hello() {
    return { event: 'seen', data: {} };
  }
  @SubscribeMessage('echo') echo(@MessageBody() body: unknown, @CurrentPrincipal() one: AuthPrincipal | null) {
    return { event: 'seen', data: { ...seenBy(one).data, body } };
  }
}

describe('F30: what is of ws alone', () => {
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    ({ host, world } = await matrixHost({ providers: [...socketGateways(PATH), ChatGateway] }));
  });
  afterAll(() => host?.close());

  /** The subprotocol that the server chose, and whom it saw. */
  async function shown(protocols: readonly string[], place = 'closed', event = 'whoami'): Promise<unknown> {
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}/${place}`, [...protocols]);
    let raw = '';
    socket.on('upgrade', ({ rawHeaders }) => (raw = rawHeaders.join('\n')));
    const end = await new Promise<unknown>((resolve) => {
      socket.once('open', () => socket.send(JSON.stringify({ event, data: {} })));
      socket.once('message', (text: Buffer) => resolve(JSON.parse(text.toString()).data));
      socket.once('close', (code) => resolve(code));
      socket.once('error', (error) => resolve(error.message));
    });
    socket.terminate();
    for (const secret of [world.user.accessToken, world.key]) expect(raw).not.toContain(secret);
    const data = end as { principal?: string };
    return typeof end === 'object' ? [socket.protocol, data.principal] : end;
  }

  it('a page offers its token as a subprotocol; the server chooses another, and never answers with the token', async () => {
    const { user, key } = world;
    expect(await shown(['bearer', user.accessToken])).toEqual(['bearer', user.id]);
    expect(await shown(['bearer', key])).toEqual(['bearer', user.id]);
    expect(await shown(['chat.v1', `nest-authority.bearer.${user.accessToken}`])).toEqual(['chat.v1', user.id]);
    expect(await shown([`nest-authority.bearer.${user.token}`, 'chat.v1'])).toEqual(['chat.v1', user.id]);
    expect(await shown(['chat.v1', 'bearer', user.accessToken])).toEqual(['chat.v1', user.id]);
  });

  it.each<[string, (world: MatrixWorld) => string[], unknown]>([
    ['a bad token', () => ['bearer', 'garbage'], 4401],
    ['no token', () => ['chat.v1'], 4401],
    ['two tokens', ({ user }) => ['bearer', user.accessToken, `nest-authority.bearer.${user.token}`], 4400],
    [
      'nothing to choose beside the token',
      ({ user }) => [`nest-authority.bearer.${user.accessToken}`],
      'Server sent no subprotocol',
    ],
  ])('the subprotocol: %s', async (_name, protocols, expected) => {
    expect(await shown(protocols(world))).toBe(expected);
  });

  it('400 a token as subprotocol beside a header field', async () => {
    const headers = { authorization: `Bearer ${world.user.accessToken}` };
    const attempt = connectWs(host.url, 'closed', { headers, protocols: ['bearer', world.user.token] });
    await expect(attempt).rejects.toMatchObject({ status: 400 });
  });

  it('a gateway without a decorator of ours chooses among all that is offered', async () => {
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}/chat`, ['bearer', 'of-the-host', 'chat.v1']);
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.protocol).toBe('chat.v1');
    socket.terminate();
  });

  it('the close names the reason: 4401, 4403', async () => {
    const reasonOf = (place: string, headers: Record<string, string>) =>
      connectWs(host.url, place, { headers }).catch((error: Refused) => [error.status, error.reason]);
    expect(await reasonOf('closed', {})).toEqual([401, 'Unauthorized']);
    expect(await reasonOf('writers', { authorization: `Bearer ${world.user.accessToken}` })).toEqual([
      403,
      'This route requires the scope reports:write',
    ]);
  });

  it('a stranger is never among the clients of the server, nor is a message sent too early lost or heard', async () => {
    const before = connections.length;
    const early = new WebSocket(`${host.url.replace('http', 'ws')}/closed`, ['bearer', world.user.accessToken]);
    const answered = new Promise((resolve) => early.once('message', resolve));
    early.once('open', () => early.send(JSON.stringify({ event: 'hello' })));
    await answered;
    early.terminate();
    const stranger = new WebSocket(`${host.url.replace('http', 'ws')}/closed`);
    const messages: unknown[] = [];
    stranger.on('message', (text) => messages.push(text));
    stranger.once('open', () => stranger.send(JSON.stringify({ event: 'hello' })));
    await new Promise((resolve) => stranger.once('close', resolve));
    expect([messages, connections.length]).toEqual([[], before + 1]);
  });

  it('what is no handshake, or breaks off in the middle of one, does no harm', async () => {
    const { port } = new URL(host.url);
    const raw = (lines: string[], then: (socket: Socket) => void) =>
      new Promise<void>((resolve) => {
        const socket = connectTcp(Number(port), '127.0.0.1', () => {
          socket.write(`${lines.join('\r\n')}\r\n\r\n`);
          then(socket);
        });
        socket.on('error', () => undefined).on('close', () => resolve());
        socket.resume();
      });
    const head = ['GET /closed HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
    await raw([...head, `Authorization: Bearer ${(await signUp(host.url)).accessToken}`], (one) =>
      one.resetAndDestroy(),
    );
    await raw([...head, 'Sec-WebSocket-Version: 7', 'Sec-WebSocket-Key: x'], () => undefined);
    await raw([...head, 'Sec-WebSocket-Protocol: ,,bearer,'], () => undefined);
    expect(await shown(['bearer', world.user.accessToken])).toEqual(['bearer', world.user.id]);
  });

  describeInChromium('a page in a browser', (browser) => {
    it('connects with its token as a subprotocol, or with its cookie from a trusted origin', async () => {
      const server = host.url.replace('127.0.0.1', 'localhost');
      const context = await browser().newContext();
      // Pages of the internet may not connect to this machine.
      await context.grantPermissions(['local-network-access']);
      const page = await context.newPage();
      await page.route('**/page', (route) => route.fulfill({ contentType: 'text/html', body: '<p>a page' }));
      const talk = async (origin: string, place: string, protocols: string[]): Promise<unknown> => {
        await page.goto(`${origin}/page`);
        return page.evaluate(
          `new Promise((resolve) => {
            const socket = new WebSocket('${server.replace('http', 'ws')}/${place}', ${JSON.stringify(protocols)});
            socket.onopen = () => socket.send('{"event":"hello"}');
            socket.onmessage = ({ data }) => resolve([socket.protocol, JSON.parse(data).event]);
            socket.onclose = ({ code, reason }) => resolve([code, reason]);
          })`,
        );
      };
      const { accessToken, cookie } = world.user;
      // A site is a name without its port: the browser sends the cookie from both pages.
      const foreign = 'http://localhost:3001';
      expect(await talk(foreign, 'closed', ['bearer', accessToken])).toEqual(['bearer', 'seen']);
      const beside = ['chat.v1', `nest-authority.bearer.${accessToken}`];
      expect(await talk(foreign, 'closed', beside)).toEqual(['chat.v1', 'seen']);
      expect(await talk(foreign, 'closed', [])).toEqual([4401, 'Unauthorized']);
      await context.addCookies(cookiesIn(cookie, server));
      expect(await talk(foreign, 'cookies', [])).toEqual([4403, 'Invalid origin']);
      expect(await talk(TEST_ISSUER, 'cookies', [])).toEqual(['', 'seen']);
      await context.close();
    });
  });
});
