import { Inject, Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { tag } from '../../common/cache/tags.js';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { HostPorts } from '../../common/ports/port.js';
import { SubjectLifecycle } from '../../common/subjects/subject.lifecycle.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import {
  API_KEYS_SETTINGS,
  DEFAULT_CONFIGURATION,
  type ApiKeysSettings,
  type ConfigurationSettings,
} from '../api-keys.settings.js';
import type { ApiKeyRow } from '../keys/api-key.columns.js';
import type {
  CreateApiKey,
  DelegateApiKey,
  RotateApiKey,
  UpdateApiKey,
  VerifyApiKey,
} from '../keys/api-key.commands.js';
import type { ApiKeyListing } from '../keys/api-key.list.js';
import { ApiKeyStore } from '../keys/api-key.store.js';
import { ApiKeyUsageStore } from '../keys/api-key-usage.store.js';
import { toView, type ApiKeyView, type ApiKeyWithSecret } from '../keys/api-key.view.js';
import { keyErrors } from '../keys/api-key.errors.js';
import { factsOf } from '../keys/api-key.facts.js';
import { checkFields, toNewKey } from '../keys/api-key.fields.js';
import { holdOwner, ownerOf, ownerSubject, requireOwner } from '../keys/api-key.owner.js';
import { requireRotatable } from '../keys/api-key.rotatable.js';
import { ApiKeySecrets } from '../keys/api-key.secrets.js';
import { DelegatedKeys } from './delegated-keys.js';
import { endsDelegated, type KeyConditions } from './key-conditions.js';
import { KeyRoom } from './key-room.js';
import { ApiKeyUsage } from '../verification/api-key.usage.js';
import { ApiKeyVerificationService, type ApiKeyVerification } from '../verification/api-key-verification.service.js';

export interface ApiKeyPage {
  readonly apiKeys: ApiKeyView[];
  /** Number of matching keys, before paging. */
  readonly total: number;
}

/**
 * API keys, for host code and administration. Trusted: neither the caller nor ceilings are checked. Every change is one transaction, which also
 * tells all processes to drop the key from their caches.
 *
 * @example
 * const { key } = await app.get(ApiKeysService).create({ owner: { kind: 'user', id: 'user-1' }, name: 'CI' });
 */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly store: ApiKeyStore,
    private readonly secrets: ApiKeySecrets,
    private readonly verification: ApiKeyVerificationService,
    private readonly subjects: SubjectStore,
    private readonly lifecycle: SubjectLifecycle,
    private readonly revoker: TokenRevoker,
    private readonly room: KeyRoom,
    private readonly delegated: DelegatedKeys,
    private readonly usage: ApiKeyUsage,
    private readonly usageStore: ApiKeyUsageStore,
    private readonly ports: HostPorts,
    private readonly events: AuthEvents,
    @Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings,
  ) {}

  /**
   * Makes a key. The result is the only place where its secret is shown.
   * @throws AuthError 400, also `OWNER_NOT_FOUND` for a user who is unknown or disabled
   */
  async create(command: CreateApiKey, conditions: KeyConditions = {}): Promise<ApiKeyWithSecret> {
    const configuration = this.configuration(command.configId);
    const { key, stored } = this.secrets.mint(configuration, conditions.order);
    const newKey = toNewKey(command, configuration, stored);
    await requireOwner(command.owner, this.ports);
    const row = await this.database.transaction(async (tx) => {
      const made = await this.room.madeBefore(tx, command.owner, stored, conditions.order);
      if (made) return made;
      if (conditions.isBounded) await this.room.require(tx, command.owner, configuration, 1);
      await holdOwner(tx, command.owner, this.subjects);
      await conditions.within?.(tx);
      const inserted = await this.store.insert(tx, newKey);
      if (!inserted) throw keyErrors.alreadyMade();
      tx.afterCommit(() =>
        this.events.emit('api-key.created', { ...factsOf(inserted), createdBy: inserted.createdBy }),
      );
      return inserted;
    });
    return { ...this.view(row), key };
  }

  /** @throws AuthError 404 `KEY_NOT_FOUND` */
  async get(keyId: string, owner: ApiKeyOwner | null = null): Promise<ApiKeyView> {
    return this.view(await this.row(keyId, owner));
  }

  /** Newest first by default; 100 a page, at most 500. */
  async list(listing: ApiKeyListing = {}): Promise<ApiKeyPage> {
    const { rows, total } = await this.store.list(listing);
    return { apiKeys: rows.map((row) => this.view(row)), total };
  }

  /**
   * Changes a key; absent members stay as they are. A revoked key stays revoked.
   * @throws AuthError 404 `KEY_NOT_FOUND`, 400 `KEY_REVOKED`, `NO_VALUES_TO_UPDATE` or the code for a wrong value
   */
  async update(keyId: string, change: UpdateApiKey, { owner = null, within }: KeyConditions = {}): Promise<ApiKeyView> {
    const changed = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (changed.length === 0) throw keyErrors.nothingToUpdate();
    const before = await this.row(keyId, owner);
    if (before.delegatedFrom !== null) throw keyErrors.delegated();
    const checked = checkFields(change, before, this.configuration(before.configId));
    const row = await this.database.transaction(async (tx) => {
      await within?.(tx);
      const updated = await this.store.update(tx, keyId, owner, checked);
      if (!updated) throw keyErrors.revoked();
      if (endsDelegated(changed, before, updated)) await this.delegated.end(tx, updated.id, 'changed');
      this.drop(tx, updated.id);
      tx.afterCommit(() => this.events.emit('api-key.updated', { ...factsOf(updated), changed }));
      return updated;
    });
    return this.view(row);
  }

  /**
   * Ends a key for good; its row stays visible. Revoking it again is not an error.
   * @param reason shown in lists of keys, never to a caller with the key. Default `revoked`
   * @throws AuthError 404 `KEY_NOT_FOUND`
   */
  async revoke(keyId: string, reason = 'revoked', { owner = null }: KeyConditions = {}): Promise<void> {
    await this.row(keyId, owner);
    await this.database.transaction(async (tx) => {
      const row = await this.store.revoke(tx, keyId, owner, reason);
      if (!row) return;
      await this.delegated.end(tx, row.id, 'revoked');
      this.drop(tx, row.id);
      tx.afterCommit(() => this.events.emit('api-key.revoked', { ...factsOf(row), reason }));
    });
  }

  /** Ends a key and hides it. @throws AuthError 404 `KEY_NOT_FOUND` */
  async delete(keyId: string, { owner = null }: KeyConditions = {}): Promise<void> {
    if (!isUuid(keyId)) throw keyErrors.notFound();
    await this.database.transaction(async (tx) => {
      const row = await this.store.delete(tx, keyId, owner, 'deleted');
      if (!row) throw keyErrors.notFound();
      await this.delegated.end(tx, row.id, 'deleted');
      await this.usageStore.forget(tx, [row.id]);
      this.drop(tx, row.id);
      tx.afterCommit(() => this.events.emit('api-key.deleted', factsOf(row)));
    });
  }

  /**
   * Replaces a key: the successor takes over its settings and counters and has a new lifetime; the old key stays valid for the overlap. Of
   * several concurrent rotations of one key, one succeeds.
   * @throws AuthError 404 `KEY_NOT_FOUND`, 409 `KEY_ALREADY_ROTATED`, 400 `KEY_REVOKED` or `KEY_EXPIRED`
   */
  async rotate(keyId: string, command: RotateApiKey = {}, conditions: KeyConditions = {}): Promise<ApiKeyWithSecret> {
    const { owner = null, within, isBounded } = conditions;
    const before = await this.row(keyId, owner);
    if (before.delegatedFrom !== null) throw keyErrors.delegated();
    const configuration = this.configuration(before.configId);
    const overlapSeconds = command.overlap ?? configuration.rotationOverlapSeconds;
    const { key, stored } = this.secrets.mint(configuration, conditions.order);
    const row = await this.database.transaction(async (tx) => {
      const holder = ownerOf(before);
      const made = await this.room.madeBefore(tx, holder, stored, conditions.order);
      if (made) return made;
      if (isBounded) await this.room.require(tx, holder, configuration, 0);
      await holdOwner(tx, holder, this.subjects);
      await within?.(tx);
      requireRotatable(await this.store.lock(tx, keyId, owner));
      const successor = await this.store.rotate(tx, keyId, owner, stored, {
        overlapSeconds,
        maxLifetimeSeconds: configuration.boundsLifetime ? configuration.maxExpiresInSeconds : null,
      });
      if (!successor) throw keyErrors.alreadyRotated();
      await this.delegated.end(tx, before.id, 'rotated');
      this.drop(tx, before.id);
      const rotated = { ...factsOf(before), successorId: successor.id, overlapSeconds };
      tx.afterCommit(() => this.events.emit('api-key.rotated', rotated));
      return successor;
    });
    return { ...this.view(row), key };
  }

  /**
   * A key of the same owner for an agent, which may do less, lives for minutes and ends with this one, whose limits it spends. Both are checked
   * for all callers.
   * @param command whose `agent.id` is trusted
   * @throws AuthError 404 `KEY_NOT_FOUND`; 400; 401 when the key has ended; 403 for more than it may do, or above a limit of `delegation`
   */
  async delegate(keyId: string, command: DelegateApiKey): Promise<ApiKeyWithSecret> {
    const from = await this.row(keyId, null);
    const { row, key } = await this.delegated.delegate(from, command, this.configuration(from.configId));
    return { ...this.view(row), key };
  }

  /**
   * Whether a key is valid, with the reason when it is not. Counts as one request and spends its limits. Does not throw for a bad key.
   * @throws AuthError 503 when the database cannot answer
   */
  async verify(question: VerifyApiKey): Promise<ApiKeyVerification> {
    return this.verification.verify(question);
  }

  /** Ends all keys of an organisation or a service, including those being made right now. Users are ended by `UsersService`. */
  async endOwner(owner: ApiKeyOwner, end: 'disabled' | 'forgotten'): Promise<void> {
    await this.lifecycle.end(ownerSubject(owner), end);
  }

  /** Lets a disabled owner have keys again. Keys that ended stay ended. @returns false when they were never disabled */
  async enableOwner(owner: ApiKeyOwner): Promise<boolean> {
    return this.lifecycle.enable(ownerSubject(owner));
  }

  /** The configuration of this name. @throws AuthError 400 */
  configuration(configId: string = DEFAULT_CONFIGURATION): ConfigurationSettings {
    const configuration = this.settings.configurations.get(configId);
    if (!configuration) throw keyErrors.unknownConfiguration();
    return configuration;
  }

  /** A row as it is shown, with the use that has not been written yet. */
  view(row: ApiKeyRow): ApiKeyView {
    return toView(row, this.settings.configurations.get(row.configId), this.usage.of(row.id));
  }

  private async row(keyId: string, owner: ApiKeyOwner | null): Promise<ApiKeyRow> {
    const row = isUuid(keyId) ? await this.store.find(keyId, owner) : null;
    if (!row) throw keyErrors.notFound();
    return row;
  }

  /** @param keyId the row's: callers may give the same UUID in capitals, which matches no cached key */
  private drop(tx: Transaction, keyId: string): void {
    this.revoker.invalidate(tx, [tag('apikey', keyId)]);
  }
}
