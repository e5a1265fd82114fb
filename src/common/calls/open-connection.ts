import type { IncomingMessage } from 'node:http';
import type { AuthError } from '../errors/auth-error.js';
import type { GuardedRequest, OpenConnection } from '../http/request/request-context.js';
import { isObject } from './is-object.js';
import { arrivedFields } from './socket-fields.js';

/** Close codes of the protocol graphql-transport-ws. Clients take 4401 for final: they do not try again with the same credential. */
const UNAUTHORIZED = [4401, 'Unauthorized'] as const;
const FORBIDDEN = [4403, 'Forbidden'] as const;
/** RFC 6455 7.4.2 (registry of IANA): clients try again. */
const UNAVAILABLE = [1013, 'Try again later'] as const;

const connections = new WeakMap<IncomingMessage, GraphqlSocket>();

/** The connection that was opened by this request; one for all its operations. */
export function openConnection(upgrade: IncomingMessage, socket: unknown): OpenConnection {
  const known = connections.get(upgrade) ?? new GraphqlSocket(upgrade);
  connections.set(upgrade, known);
  if (isClosable(socket)) known.socket ??= socket;
  return known;
}

interface Closable {
  close(code: number, reason: string): unknown;
}

function isClosable(socket: unknown): socket is Closable {
  return isObject(socket) && typeof socket['close'] === 'function';
}

class GraphqlSocket implements OpenConnection {
  readonly opened: GuardedRequest;
  readonly kept = new Map<object, string>();
  private readonly listeners: (() => void)[] = [];
  /** Of the library, where it hands it on. */
  socket: Closable | undefined;

  constructor(private readonly upgrade: IncomingMessage) {
    this.opened = { headers: arrivedFields(upgrade), socket: upgrade.socket };
  }

  get isOpen(): boolean {
    return !this.upgrade.socket.destroyed;
  }

  onClosed(listener: () => void): void {
    if (this.listeners.length === 0)
      this.upgrade.socket.once('close', () => {
        for (const one of this.listeners) one();
      });
    this.listeners.push(listener);
  }

  close({ status }: AuthError): void {
    const [code, reason] = status === 403 ? FORBIDDEN : status >= 500 ? UNAVAILABLE : UNAUTHORIZED;
    if (this.socket) this.socket.close(code, reason);
    else this.upgrade.socket.end(closeFrame(code, reason));
  }
}

/** RFC 6455 5.5.1, and 7.1.1: the server says why, and then ends the connection. Mercurius does not hand its socket on. */
function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason);
  return Buffer.concat([Buffer.from([0x88, 2 + text.length, code >> 8, code & 255]), text]);
}
