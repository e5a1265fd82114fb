import { Inject, Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { tag } from '../../../common/cache/tags.js';
import { Database } from '../../../common/database/database.js';
import type { Transaction } from '../../../common/database/transaction.js';
import { AuthEvents } from '../../../common/events/auth-events.js';
import { TokenRevoker } from '../../../common/tokens/token.revoker.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { ClientRenewals } from '../client.renewals.js';
import { ClientStore, type ClientRow } from '../client.store.js';
import { scriptOriginsOf, type ClientMetadata } from '../metadata/client-metadata.js';
import { ClientDocumentStore } from './client-document.store.js';
import { changeOf } from './document-changes.js';
import { DocumentFault } from './document-fetch.js';
import { DOCUMENT_POLICY } from './document-policy.js';
import './document.events.js';

/** Writes what documents say into the rows of their clients. */
@Injectable()
export class DocumentWriter {
  constructor(
    private readonly database: Database,
    private readonly documents: ClientDocumentStore,
    private readonly clients: ClientStore,
    private readonly renewals: ClientRenewals,
    private readonly revoker: TokenRevoker,
    private readonly events: AuthEvents,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param before the row against which the document was read; null: it is new
   * @param freshSeconds how long it counts as fresh
   * @throws DocumentFault when there is no room for a new client, or the client has changed meanwhile
   */
  async keep(
    clientId: string,
    before: ClientRow | null,
    metadata: ClientMetadata,
    freshSeconds: number,
  ): Promise<void> {
    const { gracePeriodSeconds } = this.settings.clientDocuments!;
    await this.database.transaction(async (tx) => {
      if (before === null) await this.add(tx, clientId, metadata);
      else if (!isDeepStrictEqual(asStored(before.metadata), asStored(metadata)))
        await this.change(tx, before, metadata);
      await this.documents.keep(tx, clientId, freshSeconds, freshSeconds + gracePeriodSeconds);
    });
  }

  private async add(tx: Transaction, clientId: string, metadata: ClientMetadata): Promise<void> {
    if (!(await this.documents.makeRoom(tx, this.settings.clientDocuments!.maxClients)))
      throw new DocumentFault('there are as many clients of this kind as maxClients allows');
    const origins = scriptOriginsOf(metadata);
    if (!(await this.documents.insertClient(tx, clientId, metadata, DOCUMENT_POLICY, origins)))
      throw new DocumentFault('another client has got this id meanwhile');
    this.revoker.invalidate(tx, [tag('client', clientId)]);
    tx.afterCommit(() =>
      this.events.emit('oauth-client.registered', { clientId, ownerId: null, registeredBy: 'document' }),
    );
  }

  private async change(tx: Transaction, before: ClientRow, metadata: ClientMetadata): Promise<void> {
    const { client_id: clientId } = before;
    const { onMetadataChange } = this.settings.clientDocuments!;
    const after = { metadata, policy: before.policy };
    const { changed, isGrave } = changeOf(before.metadata, metadata);
    const isRevoked = isGrave && onMetadataChange === 'revoke';
    // First in the transaction, since both wait for what is being issued (T142).
    if (isRevoked || !this.renewals.fits(before, after)) await this.renewals.renew(tx, clientId);
    const asksAgain = isGrave && onMetadataChange !== 'ignore';
    if (asksAgain) {
      await this.clients.endCodes(tx, clientId);
      await this.clients.endRequests(tx, clientId);
      await this.documents.askAgain(tx, clientId);
    }
    if (!(await this.clients.update(tx, clientId, before, after)))
      throw new DocumentFault('its client was changed meanwhile');
    this.revoker.invalidate(tx, [tag('client', clientId)]);
    if (changed.length > 0)
      tx.afterCommit(() => this.events.emit('oauth-client.document-changed', { clientId, changed, asksAgain }));
  }
}

/** Without the members that are undefined: JSON drops them. */
function asStored(metadata: ClientMetadata): unknown {
  return JSON.parse(JSON.stringify(metadata));
}
