import { Injectable, Logger } from '@nestjs/common';
import { HostPorts } from '../../common/ports/port.js';

/**
 * Keeps the ids of clients apart from those of users: a token that a client has for itself names it as `sub`, and whoever reads that alone
 * would take it for the user's (RFC 9700 4.15, T138). Ids that we make are random; those of options, of a seed and of a host's users are not.
 */
@Injectable()
export class ClientNames {
  private readonly logger = new Logger('OAuthClients');

  constructor(private readonly ports: HostPorts) {}

  /** Whether a user has this id. */
  async isOfUser(clientId: string): Promise<boolean> {
    const { users } = this.ports;
    return users.filled && (await users.get().find(clientId)) !== null;
  }

  /** As `isOfUser`, for a client that is about to act for itself; tells the log. */
  async isTaken(clientId: string): Promise<boolean> {
    const taken = await this.isOfUser(clientId);
    if (taken)
      this.logger.error(
        `The client ${JSON.stringify(clientId)} has the id of a user, so it gets no tokens for itself (client_credentials). Give it another id.`,
      );
    return taken;
  }
}
