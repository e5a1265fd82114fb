import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import type { TokenOrder } from '../../common/ports/authorization-server.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { ClientSessionStore } from './client-session.store.js';
import { LogoutDeliveries } from './logout-deliveries.js';

/** Frames on one page, and so clients that are told by the browser. */
const MAX_FRAMES = 50;

/** Which clients a session signed in to, of those that want to hear of its end (OIDC Back-Channel and Front-Channel Logout). */
@Injectable()
export class ClientSessions {
  constructor(
    private readonly store: ClientSessionStore,
    private readonly directory: ClientDirectory,
    private readonly deliveries: LogoutDeliveries,
  ) {}

  /** Remembers that an ID token was given; one statement for a client that wants to hear, none for others. */
  async note(
    tx: Transaction,
    grant: Pick<TokenOrder<RegisteredClient>, 'client' | 'sessionId' | 'subjectId'>,
  ): Promise<void> {
    const { metadata, clientId } = grant.client;
    const { sessionId, subjectId } = grant;
    const listens = metadata.backchannel_logout_uri ?? metadata.frontchannel_logout_uri;
    if (sessionId !== null && listens !== undefined) await this.store.note(tx, { sessionId, clientId, subjectId });
  }

  /** Clients that are told by frames in the browser. Ask before the session ends. */
  async frontChannelClients(sessionId: string): Promise<RegisteredClient[]> {
    const ids = await this.store.clientsOf(sessionId, MAX_FRAMES);
    const clients = await Promise.all(ids.map((id) => this.directory.find(id)));
    return clients.flatMap((client) => (client && isFrame(client.metadata.frontchannel_logout_uri) ? [client] : []));
  }

  /** What clients want to hear of the end of these sessions becomes due, in the transaction that ends them. */
  async end(tx: Transaction, sessionIds: readonly string[]): Promise<void> {
    const withoutRow = this.directory.staticIdsWhere(({ backchannel_logout_uri: uri }) => uri !== undefined);
    const due = await this.store.end(tx, sessionIds, withoutRow);
    if (due > 0) tx.afterCommit(() => this.deliveries.kick());
  }
}

/** Options are not checked as registrations are. */
function isFrame(address: string | undefined): boolean {
  return address !== undefined && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
