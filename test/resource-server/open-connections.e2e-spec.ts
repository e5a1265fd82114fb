import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io, type Socket } from 'socket.io-client';
import { BearerAuth, type ResourceServerOptions } from '../../src/resource-server/index.js';
import { IntrospectionEndpoint } from '../support/introspection-endpoint.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

const issuer = await new OutsideIssuer().start();
const endpoint = await new IntrospectionEndpoint().start();
afterAll(() => Promise.all([issuer.stop(), endpoint.stop()]));

@WebSocketGateway()
class NewsGateway {
  @SubscribeMessage('news') @BearerAuth() news() {
    return { event: 'news', data: 'heard' };
  }
}

const live = () => ({ active: true, sub: 'ann', aud: API, token_type: 'Bearer' });
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('connections that stay open', () => {
  let host: ResourceServer | undefined;
  const sockets: Socket[] = [];
  beforeEach(() => Object.assign(endpoint, { calls: [], status: 200, answer: live }));
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await host?.close();
  });
  const start = async (options: Partial<ResourceServerOptions>, introspection: object = {}) => {
    const asked = { endpoint: endpoint.url, clientId: 'api', clientSecret: 'a secret', ...introspection };
    const issuers = [{ issuer: issuer.url, introspection: asked }];
    host = await createResourceServer(
      { issuers, audience: API, allowPrivateNetwork: true, ...options },
      { providers: [NewsGateway] },
    );
  };
  const open = async (token: string) => {
    const extraHeaders = { authorization: `Bearer ${token}` };
    const socket = io(host!.url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket
        .once('news', () => resolve())
        .once('exception', reject)
        .once('connect_error', reject);
      socket.once('connect', () => socket.emit('news', {}));
    });
    return socket;
  };

  it('200 with cacheTtl 0 a JWT that is good keeps its connection, and is verified again', async () => {
    await start({ cacheTtl: 0 });
    const socket = await open(await issuer.token({ aud: API }));
    await pause(600);
    expect(socket.connected).toBe(true);
  });

  it('200 an answer that is not kept: the issuer is asked again, until it says no', async () => {
    await start({ cacheTtl: 0 }, { cacheTtl: 0, negativeCacheTtl: 0 });
    const socket = await open('opaque-one');
    await pause(600);
    expect(socket.connected).toBe(true);
    const ended = new Promise((resolve) => socket.once('disconnect', resolve));
    endpoint.answer = () => ({ active: false });
    expect(await ended).toBe('io server disconnect');
  });

  it('503 when an answer is over and the issuer is silent', async () => {
    await start({}, { cacheTtl: 1 });
    const socket = await open('opaque-two');
    const ended = new Promise((resolve) => socket.once('exception', resolve));
    endpoint.status = 500;
    expect(await ended).toMatchObject({ statusCode: 503 });
  });

  it('401 a JWT that expires is closed at its time', async () => {
    await start({});
    const socket = await open(await issuer.token({ aud: API, exp: Math.floor(Date.now() / 1000) + 1 }));
    const ended = new Promise((resolve) => socket.once('disconnect', resolve));
    expect(await ended).toBe('io server disconnect');
  });
});
