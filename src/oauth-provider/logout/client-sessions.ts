import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import type { TokenOrder } from '../../common/ports/authorization-server.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { ClientSessionStore } from './client-session.store.js';
import { LogoutDeliveries } from './logout-deliveries.js';

/** The most frames on one page, and so clients that the browser tells. */
const MAX_FRAMES = 50;

type SignInAtClient = Pick<TokenOrder<RegisteredClient>, 'client' | 'sessionId' | 'subjectId'>;

/** The clients of a session that must be told when it ends (OIDC Back-Channel and Front-Channel Logout). */
@Injectable()
export class ClientSessions {
  constructor(
    private readonly store: ClientSessionStore,
    private readonly directory: ClientDirectory,
    private readonly deliveries: LogoutDeliveries,
  ) {}

  /** Whether the client has registered a logout address, so that `note` has something to write. */
  mustNote({ client: { metadata }, sessionId }: SignInAtClient): boolean {
    return sessionId !== null && (metadata.backchannel_logout_uri ?? metadata.frontchannel_logout_uri) !== undefined;
  }

  /** Remembers that a client got an ID token. */
  async note(tx: Transaction, { client: { clientId }, sessionId, subjectId }: SignInAtClient): Promise<void> {
    if (sessionId !== null) await this.store.note(tx, { sessionId, clientId, subjectId });
  }

  /** The clients that frames in the browser tell. Call it before the session ends. */
  async frontChannelClients(sessionId: string): Promise<RegisteredClient[]> {
    const ids = await this.store.clientsOf(sessionId, MAX_FRAMES);
    const clients = await Promise.all(ids.map((id) => this.directory.find(id)));
    return clients.flatMap((client) => (client && isFrame(client.metadata.frontchannel_logout_uri) ? [client] : []));
  }

  /** Writes the deliveries that tell clients about the end of these sessions, in the transaction that ends them. */
  async end(tx: Transaction, sessionIds: readonly string[]): Promise<void> {
    const withoutRow = this.directory.staticIdsWhere(({ backchannel_logout_uri: uri }) => uri !== undefined);
    const due = await this.store.end(tx, sessionIds, withoutRow);
    if (due > 0) tx.afterCommit(() => this.deliveries.kick());
  }
}

/** Addresses from the options are not checked as those of registrations are. */
function isFrame(address: string | undefined): boolean {
  return address !== undefined && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
