import type { IncomingMessage } from 'node:http';
import type { AuthError } from '../errors/auth-error.js';
import { renderException } from '../errors/render-exception.js';
import { sendException, type SocketLike } from '../http/edge/socket-refusal.js';
import type { ConnectionNeeds } from './connection-needs.js';
import { fieldsOfAuth } from './handshake-fields.js';
import type { OpenSockets } from './open-sockets.js';

/** What we use of a socket of socket.io. */
export interface IoSocket extends SocketLike {
  readonly request: IncomingMessage;
  readonly handshake: { readonly auth?: unknown };
  disconnect(): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

type Middleware = (socket: IoSocket, next: (error?: Error) => void) => void;

/** A server of socket.io, or a namespace of one. */
export interface IoServer {
  use(middleware: Middleware): unknown;
}

export function isIoServer(server: object): server is IoServer {
  return typeof (server as Partial<IoServer>).use === 'function';
}

/** Refuses strangers before they are connected: they get `connect_error`, and no gateway hears of them. */
export function guardIoServer(server: IoServer, sockets: OpenSockets, needs: () => ConnectionNeeds): void {
  server.use((socket, next) => {
    void admit(socket, sockets, needs).then(
      () => next(),
      (error: unknown) => next(toConnectError(sockets.refusalOf(error))),
    );
  });
}

async function admit(socket: IoSocket, sockets: OpenSockets, needs: () => ConnectionNeeds): Promise<void> {
  const required = needs();
  const fields = required.reads ? fieldsOfAuth(socket.handshake.auth, sockets.handshakes.authenticators) : {};
  sockets.put(socket, await sockets.handshakes.open(socket.request, fields, required));
}

/** @param socket one that a gateway hears of now */
export function followIoSocket(socket: IoSocket, sockets: OpenSockets, needs: ConnectionNeeds): void {
  sockets.follow(
    socket,
    needs,
    (reason) => closeIoSocket(socket, reason),
    (listener) => socket.once('disconnect', listener),
  );
}

/** Its other namespaces have handshakes of their own. */
export function closeIoSocket(socket: IoSocket, reason: AuthError): void {
  sendException(socket, renderException(reason));
  socket.disconnect();
}

/** The client finds `data` in its `connect_error`. */
function toConnectError(error: AuthError): Error {
  return Object.assign(new Error(error.description), { data: renderException(error) });
}
