import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AuthError } from '../errors/auth-error.js';
import type { SocketLike } from '../http/edge/socket-refusal.js';
import type { ConnectionNeeds } from './connection-needs.js';
import type { OpenSockets } from './open-sockets.js';
import type { SocketConnection } from './socket.connection.js';
import { takeToken } from './subprotocol.js';

/** 4000 to 4999 are for applications (RFC 6455 7.4.2): the status of HTTP behind a 4. */
const CLOSE_CODES = 4_000;
/** RFC 6455 5.5: 125 bytes, of which the code takes two. */
const MAX_REASON_LENGTH = 123;

/** What we use of a WebSocket of `ws`. */
export interface WsSocket extends SocketLike {
  close(code: number, reason: string): unknown;
  once(event: 'close', listener: () => void): unknown;
  on(event: 'error', listener: () => void): unknown;
}

type Upgraded = (client: WsSocket, request: IncomingMessage) => void;

/** A server of `ws`: whoever accepts its connections calls `handleUpgrade`, itself included. */
export interface WsServer {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, upgraded: Upgraded): void;
}

export function isWsServer(server: object): server is WsServer {
  return typeof (server as Partial<WsServer>).handleUpgrade === 'function';
}

/**
 * Reads the credential before the connection is accepted, so that a stranger is never among its clients. Who is refused is accepted and
 * closed at once: a page learns the reason only from the code of a close.
 */
export function guardWsServer(server: WsServer, sockets: OpenSockets, needs: () => ConnectionNeeds): void {
  const accept = server.handleUpgrade.bind(server);
  server.handleUpgrade = (request, socket, head, upgraded) => {
    // The server listens for errors only from its own handshake on.
    socket.on('error', ignore);
    const accepted = (refusal: AuthError | null, connection?: SocketConnection) => {
      socket.removeListener('error', ignore);
      accept(request, socket, head, (client, same) => {
        if (refusal) return refuse(client, refusal);
        if (connection) sockets.put(client, connection);
        upgraded(client, same);
      });
    };
    open(request, sockets, needs)
      .then(
        (connection) => accepted(null, connection),
        (error: unknown) => accepted(sockets.refusalOf(error)),
      )
      .catch((error: unknown) => {
        sockets.refusalOf(error);
        socket.destroy();
      });
  };
}

async function open(request: IncomingMessage, sockets: OpenSockets, needs: () => ConnectionNeeds) {
  const required = needs();
  const fields = required.reads ? takeToken(request.headers) : {};
  return sockets.handshakes.open(request, fields, required);
}

/** @param client one that a gateway hears of now */
export function followWsSocket(client: WsSocket, sockets: OpenSockets, needs: ConnectionNeeds): void {
  sockets.follow(
    client,
    needs,
    (reason) => closeWsSocket(client, reason),
    (listener) => client.once('close', listener),
  );
}

export function closeWsSocket(client: WsSocket, reason: AuthError): void {
  client.close(CLOSE_CODES + reason.status, reason.description.slice(0, MAX_REASON_LENGTH));
}

function refuse(client: WsSocket, reason: AuthError): void {
  client.on('error', ignore);
  closeWsSocket(client, reason);
}

function ignore(): void {
  // The connection closes after it.
}
