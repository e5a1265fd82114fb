import { WsAdapter } from '@nestjs/platform-ws';
import type { TestApp } from './app.js';
import { connectIo, connectWs } from './socket-clients.js';
import { NAMESPACE, PATH, socketGateways } from './socket-gateways.js';

/** The platforms of Nest, each on one of the adapters; the credential matrix goes over both. */
export const PLATFORMS = [
  { platform: 'socket.io', adapter: 'express', connect: connectIo, gateways: socketGateways(NAMESPACE) },
  {
    platform: 'ws',
    adapter: 'fastify',
    connect: connectWs,
    gateways: socketGateways(PATH),
    configure: (app: TestApp['app']) => app.useWebSocketAdapter(new WsAdapter(app)),
  },
] as const;
