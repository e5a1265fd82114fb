import type { Provider } from '@nestjs/common';
import { OpenSockets } from './open-sockets.js';
import { SocketAdapterHooks } from './socket-adapter.hooks.js';
import { SocketHandshakes } from './socket-handshakes.js';

/** They need `GuardServices` and the filter; what a server without accounts does not have, they do without. */
export const socketProviders: Provider[] = [SocketHandshakes, OpenSockets, SocketAdapterHooks];
