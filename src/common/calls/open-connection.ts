import type { IncomingMessage } from 'node:http';
import type { AuthError } from '../errors/auth-error.js';
import type { OpenConnection } from '../http/request/request-context.js';
import { isObject } from './is-object.js';

/** Close codes of the protocol graphql-transport-ws. Its client takes 4401 for final: it does not try again with the same credential. */
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;

const connections = new WeakMap<IncomingMessage, GraphqlSocket>();

/** The connection that was opened by this request; one for all its operations. */
export function openConnection(upgrade: IncomingMessage, socket: unknown): OpenConnection {
  const known = connections.get(upgrade) ?? new GraphqlSocket(upgrade);
  connections.set(upgrade, known);
  known.socket ??=
    isObject(socket) && typeof socket['close'] === 'function' ? (socket as unknown as Closable) : undefined;
  return known;
}

interface Closable {
  close(code: number, reason: string): unknown;
}

class GraphqlSocket implements OpenConnection {
  readonly kept = new Set<object>();
  address: () => string | null = () => null;
  /** Of the library, where it hands it on. */
  socket: Closable | undefined;

  constructor(private readonly upgrade: IncomingMessage) {}

  get isOpen(): boolean {
    return !this.upgrade.socket.destroyed;
  }

  onClosed(listener: () => void): void {
    this.upgrade.socket.once('close', listener);
  }

  close({ status }: AuthError): void {
    const code = status === 403 ? FORBIDDEN : UNAUTHORIZED;
    const reason = status === 403 ? 'Forbidden' : 'Unauthorized';
    if (this.socket) this.socket.close(code, reason);
    else this.upgrade.socket.end(closeFrame(code, reason));
  }
}

/** RFC 6455 5.5.1, and 7.1.1: the server says why, and then ends the connection. Mercurius does not hand its socket on. */
function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason);
  const head = Buffer.from([0x88, 2 + text.length, code >> 8, code & 255]);
  return Buffer.concat([head, text]);
}
