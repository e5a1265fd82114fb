import { Inject, Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import { randomBase62 } from '../../common/crypto.js';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { clientSubject } from '../../common/subjects/client-subject.js';
import { SubjectStore, type SubjectEnd } from '../../common/subjects/subject.store.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { FreshSecrets } from './client.information.js';
import type { ClientMetadata, ClientPolicy } from './metadata/client-metadata.js';
import { invalidMetadata } from './metadata/client-metadata-input.js';
import { proofFault } from './metadata/federated-identities.js';
import { securityProfileFault, type ProfiledClient } from './metadata/security-profile-rules.js';
import { ClientRenewals } from './client.renewals.js';
import { ClientSecrets, digest, secretKindOf } from './client.secrets.js';
import './client.events.js';
import { ClientStore, type ClientDescription, type ClientRow } from './client.store.js';
import type { ClientOrigin } from './metadata/registered-client.js';

const CLIENT_ID_LENGTH = 32;

export interface ClientCreation {
  readonly registeredBy: ClientOrigin;
  readonly ownerId: string | null;
  readonly metadata: ClientMetadata;
  readonly policy: Partial<ClientPolicy>;
  /** Whether it gets a registration access token (RFC 7592). */
  readonly isSelfManaged: boolean;
  /** Runs first in the transaction: checks limits and spends the initial access token. */
  readonly admit?: (tx: Transaction) => Promise<void>;
}

export interface WrittenClient {
  readonly row: ClientRow;
  readonly fresh: FreshSecrets;
}

/** Writes clients whose metadata has been validated; whether they keep to their profile is seen here, where metadata and policy meet. At the commit every process drops them from its cache. */
@Injectable()
export class ClientWriter {
  constructor(
    private readonly database: Database,
    private readonly store: ClientStore,
    private readonly secrets: ClientSecrets,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    private readonly renewals: ClientRenewals,
    private readonly events: AuthEvents,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  async create({ admit, isSelfManaged, ...client }: ClientCreation): Promise<WrittenClient> {
    const clientId = randomBase62(CLIENT_ID_LENGTH);
    requireProof(client, this.settings);
    const method = client.metadata.token_endpoint_auth_method;
    const secret = secretKindOf(method) === 'none' ? undefined : this.secrets.mint();
    const registrationToken = isSelfManaged ? this.secrets.mintRegistrationToken() : undefined;
    const lifetime = this.secretLifetimeOf(client.registeredBy);
    const row = await this.database.transaction(async (tx) => {
      await admit?.(tx);
      await this.store.insert(tx, {
        ...client,
        clientId,
        secret: secret === undefined ? null : this.secrets.keep(clientId, method, secret, lifetime),
        registrationTokenHash: registrationToken === undefined ? null : digest(registrationToken),
      });
      // Scripts of its origins may call us now (CORS), and a refusal may still be cached.
      if (method === 'none') this.revoker.invalidate(tx, [tag('client', clientId)]);
      const { ownerId, registeredBy } = client;
      tx.afterCommit(() => this.events.emit('oauth-client.registered', { clientId, ownerId, registeredBy }));
      return this.reread(tx, clientId);
    });
    return {
      row,
      fresh: { ...(secret !== undefined && { secret }), ...(registrationToken !== undefined && { registrationToken }) },
    };
  }

  /**
   * What it was given under weaker rules ends (T142).
   * @param before as it was read and as the change was validated against
   * @returns with a new secret when the new authentication method needs another one
   * @throws AuthError 400 `invalid_client_metadata` when it breaks its profile, 409 `CLIENT_CHANGED` when another change came first
   */
  async change(before: ClientRow, after: ClientDescription): Promise<WrittenClient> {
    requireProof(after, this.settings);
    const { client_id: clientId, owner_id: ownerId } = before;
    const method = after.metadata.token_endpoint_auth_method;
    const kind = secretKindOf(method);
    const isOther = kind !== secretKindOf(before.metadata.token_endpoint_auth_method);
    const secret = isOther && kind !== 'none' ? this.secrets.mint() : undefined;
    const row = await this.database.transaction(async (tx) => {
      if (!this.renewals.fits(before, after)) await this.renewals.renew(tx, clientId);
      if (!(await this.store.update(tx, clientId, before, after))) throw changedMeanwhile();
      if (isOther) await this.storeSecret(tx, before, method, secret, 0);
      this.revoker.invalidate(tx, [tag('client', clientId)]);
      tx.afterCommit(() => this.events.emit('oauth-client.updated', { clientId, ownerId }));
      return this.reread(tx, clientId);
    });
    return { row, fresh: secret === undefined ? {} : { secret } };
  }

  /**
   * @param overlapSeconds how long the old secret stays valid; 0: it ends now (T098)
   * @throws AuthError 400 `CLIENT_HAS_NO_SECRET`, 409 `CLIENT_CHANGED`
   */
  async rotateSecret(before: ClientRow, overlapSeconds: number): Promise<WrittenClient> {
    const { client_id: clientId, owner_id: ownerId } = before;
    const method = before.metadata.token_endpoint_auth_method;
    if (secretKindOf(method) === 'none')
      throw AuthError.badRequest('CLIENT_HAS_NO_SECRET', 'The client authenticates without a secret');
    const secret = this.secrets.mint();
    const row = await this.database.transaction(async (tx) => {
      await this.storeSecret(tx, before, method, secret, overlapSeconds);
      this.revoker.invalidate(tx, [tag('client', clientId)]);
      tx.afterCommit(() => this.events.emit('oauth-client.secret-rotated', { clientId, ownerId, overlapSeconds }));
      return this.reread(tx, clientId);
    });
    return { row, fresh: { secret } };
  }

  /** Ends a client and all that was issued to it (T107). @param end forgotten: it is deleted */
  async end(tx: Transaction, clientId: string, end: SubjectEnd): Promise<void> {
    // First, since it waits for every transaction that is issuing something to the client.
    await this.subjects.end(tx, clientSubject(clientId), end);
    await this.revoker.revoke(tx, { clientId }, `client ${end}`);
    await this.store.endCodes(tx, clientId);
    if (end === 'forgotten') await this.store.delete(tx, clientId);
    const name = end === 'forgotten' ? 'oauth-client.deleted' : 'oauth-client.disabled';
    tx.afterCommit(() => this.events.emit(name, { clientId }));
  }

  /** Its tokens and codes stay ended. */
  async enable(tx: Transaction, clientId: string): Promise<void> {
    await this.subjects.enable(tx, clientSubject(clientId));
    this.revoker.invalidate(tx, [tag('client', clientId)]);
    tx.afterCommit(() => this.events.emit('oauth-client.enabled', { clientId }));
  }

  private async storeSecret(
    tx: Transaction,
    { client_id: clientId, registered_by: origin }: ClientRow,
    method: ClientMetadata['token_endpoint_auth_method'],
    secret: string | undefined,
    overlapSeconds: number,
  ): Promise<void> {
    const kept =
      secret === undefined ? null : this.secrets.keep(clientId, method, secret, this.secretLifetimeOf(origin));
    if (!(await this.store.replaceSecret(tx, clientId, kept, { overlapSeconds, method }))) throw changedMeanwhile();
  }

  /** Secrets expire, except those that administration looks after. */
  private secretLifetimeOf(origin: ClientOrigin): number | null {
    return origin === 'administration' ? null : this.settings.registration.secretTtlSeconds;
  }

  private async reread(tx: Transaction, clientId: string): Promise<ClientRow> {
    const row = await this.store.find(clientId, tx);
    if (!row) throw changedMeanwhile();
    return row;
  }
}

function requireProof(client: ProfiledClient, { profile }: OAuthProviderSettings): void {
  const fault = proofFault(client) ?? securityProfileFault(client, profile);
  if (fault !== null) throw invalidMetadata(fault);
}

function changedMeanwhile(): AuthError {
  return new AuthError({
    status: 409,
    code: 'CLIENT_CHANGED',
    error: 'invalid_request',
    description: 'The client was changed meanwhile. Read it again.',
  });
}
