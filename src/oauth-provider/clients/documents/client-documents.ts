import { Inject, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SingleFlight } from '../../../common/cache/single-flight.js';
import { underLease } from '../../../common/database/lease.js';
import { AuthError } from '../../../common/errors/auth-error.js';
import { AuthEvents } from '../../../common/events/auth-events.js';
import { MAX_CLIENT_ID_LENGTH } from '../../../common/ports/authorization-server.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { ClientDirectory } from '../client.directory.js';
import { ClientStore } from '../client.store.js';
import { matchesHost } from '../../document-hosts.js';
import type { DocumentNeed, DocumentSource, DocumentState } from '../document-source.js';
import { documentAddressFault, isDocumentId } from './document-address.js';
import { ClientDocumentStore, stateIn, type DocumentRow } from './client-document.store.js';
import { DocumentFault, DocumentFetch } from './document-fetch.js';
import { freshSeconds } from './document-freshness.js';
import { DocumentLimits } from './document-limits.js';
import { DocumentReader } from './document-reader.js';
import { DocumentWriter } from './document-writer.js';
import './document.events.js';

/** Longer than another process may take (`ClientDocumentStore.claim`). */
const PATIENCE_MILLISECONDS = 6_000;
/** Where the last good document does, a document that has just failed is left alone so long. */
const REST_MILLISECONDS = 10_000;
const MAX_RESTING = 1_000;

/** Clients that publish their metadata at their client id (OAuth Client ID Metadata Document; MCP authorization). */
@Injectable()
export class ClientDocuments implements DocumentSource {
  private readonly logger = new Logger('ClientDocuments');
  private readonly flights = new SingleFlight<AuthError | null>();
  private readonly resting = new LRUCache<string, AuthError>({ max: MAX_RESTING, ttl: REST_MILLISECONDS });

  constructor(
    private readonly directory: ClientDirectory,
    private readonly clients: ClientStore,
    private readonly documents: ClientDocumentStore,
    private readonly limits: DocumentLimits,
    private readonly outbound: DocumentFetch,
    private readonly reader: DocumentReader,
    private readonly writer: DocumentWriter,
    private readonly events: AuthEvents,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {
    if (settings.clientDocuments !== null) directory.readDocumentsFrom(this);
  }

  owns(clientId: string): boolean {
    return isDocumentId(clientId);
  }

  async refresh(clientId: string, need: DocumentNeed): Promise<AuthError | null> {
    if (!isDocumentId(clientId) || clientId.length > MAX_CLIENT_ID_LENGTH || this.directory.isStatic(clientId))
      return null;
    const rested = need === 'good' ? this.resting.get(clientId) : undefined;
    return rested ?? this.flights.run(clientId, () => this.readOnce(clientId));
  }

  async stateOf(clientId: string): Promise<DocumentState | null> {
    return this.addressFault(clientId) === null ? stateIn(await this.documents.find(clientId)) : null;
  }

  /** One process reads it, and the others wait for what it finds. */
  private readOnce(clientId: string): Promise<AuthError | null> {
    return underLease({
      attempt: async () => {
        const row = await this.documents.find(clientId);
        // A client of another origin wins, and so does administration that has disabled this one.
        if (row.disabled || (row.registered_by !== null && row.registered_by !== 'document')) return settled(null);
        const fault = this.addressFault(clientId);
        if (fault !== null) return settled(unknownClient(fault));
        if ((stateIn(row)?.freshMilliseconds ?? 0) > 0 && row.registered_by !== null) return settled(null);
        if (row.claimed) return null;
        return this.claimAndRead(clientId, row);
      },
      patienceMilliseconds: PATIENCE_MILLISECONDS,
      tooLate: () => AuthError.unavailable(`the document ${clientId} is being read by another process`),
    }).then(({ fault }) => fault);
  }

  private async claimAndRead(clientId: string, row: DocumentRow): Promise<Settled | null> {
    try {
      await this.limits.consume(clientId, row.registered_by !== null);
    } catch (error) {
      return settled(this.told(clientId, row, error));
    }
    if (!(await this.documents.claim(clientId))) return null;
    try {
      await this.read(clientId);
      this.resting.delete(clientId);
      return settled(null);
    } catch (error) {
      await this.documents.release(clientId);
      const fault = this.told(clientId, row, error);
      this.resting.set(clientId, fault);
      return settled(fault);
    }
  }

  private async read(clientId: string): Promise<void> {
    const { document, headers } = await this.outbound.get(clientId);
    const before = await this.clients.find(clientId);
    const metadata = await this.reader.read(clientId, document, before?.metadata ?? null);
    await this.writer.keep(clientId, before, metadata, freshSeconds(headers, this.settings.clientDocuments!));
  }

  private addressFault(clientId: string): string | null {
    const { clientDocuments, allowPrivateNetwork } = this.settings;
    const fault = documentAddressFault(clientId, allowPrivateNetwork);
    if (fault !== null) return fault;
    const { hostname } = new URL(clientId);
    const { allowedHosts, blockedHosts } = clientDocuments!;
    if (matchesHost(hostname, blockedHosts)) return 'its host is one of blockedHosts';
    return allowedHosts === null || matchesHost(hostname, allowedHosts) ? null : 'its host is none of allowedHosts';
  }

  /** Tells the operator why, and makes the error for the caller, who learns nothing of it. @throws every fault that is ours */
  private told(clientId: string, row: DocumentRow, error: unknown): AuthError {
    const isTheirs = error instanceof DocumentFault || (error instanceof AuthError && error.status < 500);
    if (!isTheirs) throw error;
    const reason = error instanceof AuthError ? error.description : error.message;
    const isServed = (stateIn(row)?.goodMilliseconds ?? 0) > 0;
    this.logger.warn(`the document of client ${JSON.stringify(clientId)} cannot be read: ${reason}`);
    this.events.emit('oauth-client.document-failed', { clientId, reason, isServed });
    return error instanceof AuthError && error.status === 429 ? error : unknownClient(reason);
  }
}

interface Settled {
  readonly fault: AuthError | null;
}

function settled(fault: AuthError | null): Settled {
  return { fault };
}

function unknownClient(detail: string): AuthError {
  return AuthError.oauth('invalid_client', 'The document of this client cannot be read, or is not accepted', detail);
}
