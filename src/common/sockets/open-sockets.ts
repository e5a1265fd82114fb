import { Injectable, Optional } from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import { AuthErrorFilter } from '../http/edge/auth-error.filter.js';
import { normaliseError } from '../http/edge/normalise-error.js';
import { CredentialWatch } from '../live/credential-watch.js';
import type { ConnectionNeeds } from './connection-needs.js';
import { SocketHandshakes } from './socket-handshakes.js';
import type { SocketConnection } from './socket.connection.js';

/** The sockets whose handshake was read, and what ends them. */
@Injectable()
export class OpenSockets {
  /** By the socket itself, which a sender cannot choose. */
  private readonly connections = new WeakMap<object, SocketConnection>();
  private readonly watched = new WeakSet<object>();

  constructor(
    readonly handshakes: SocketHandshakes,
    private readonly filter: AuthErrorFilter,
    @Optional() private readonly watch?: CredentialWatch,
  ) {}

  put(client: object, connection: SocketConnection): void {
    this.connections.set(client, connection);
  }

  of(client: object): SocketConnection | undefined {
    return this.connections.get(client);
  }

  /** The one error of what was thrown at a handshake, which no filter sees. */
  refusalOf(thrown: unknown): AuthError {
    const error = normaliseError(thrown);
    this.filter.log(error, thrown);
    return error;
  }

  /**
   * Closes the socket when its credential ends. Once for each, however many gateways hear of it.
   * @param onClosed called with what is to be done when the socket has closed by itself
   */
  follow(
    client: object,
    needs: ConnectionNeeds,
    close: (reason: AuthError) => void,
    onClosed: (listener: () => void) => void,
  ): void {
    const connection = this.of(client);
    const principal = connection?.context.principal;
    if (!this.watch || !connection?.presented || !principal || this.watched.has(client)) return;
    this.watched.add(client);
    const { context } = connection;
    const verify = () => this.handshakes.verify(connection, needs);
    onClosed(this.watch.watch(principal, { context, verify, ended: close }));
  }
}
