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
import type { ApiKeyRow, MintedApiKey } from '../keys/api-key.columns.js';
import type { CreateApiKey, RotateApiKey, UpdateApiKey, VerifyApiKey } from '../keys/api-key.commands.js';
import type { ApiKeyListing } from '../keys/api-key.list.js';
import { ApiKeyStore } from '../keys/api-key.store.js';
import { ApiKeyUsageStore } from '../keys/api-key-usage.store.js';
import { toView, type ApiKeyView, type ApiKeyWithSecret } from '../keys/api-key.view.js';
import { keyErrors } from '../keys/api-key.errors.js';
import { checkFields, toNewKey } from '../keys/api-key.fields.js';
import { holdOwner, ownerOf, ownerSubject, requireOwner } from '../keys/api-key.owner.js';
import { requireRotatable } from '../keys/api-key.rotatable.js';
import { ApiKeySecrets } from '../keys/api-key.secrets.js';
import type { KeyConditions } from './key-conditions.js';
import { ApiKeyUsage } from '../verification/api-key.usage.js';
import { ApiKeyVerificationService, type ApiKeyVerification } from '../verification/api-key-verification.service.js';

/** Multiple of `maxPerOwner`: deleted keys keep their rows for a while, so making and deleting in turn is bounded too. */
const MADE_A_DAY = 10;

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
      const made = await this.madeBefore(tx, command.owner, stored, conditions.order);
      if (made) return made;
      if (conditions.isBounded) await this.requireRoom(tx, command.owner, configuration, 1);
      await holdOwner(tx, command.owner, this.subjects);
      await conditions.within?.(tx);
      const inserted = await this.store.insert(tx, newKey);
      if (!inserted) throw keyErrors.alreadyMade();
      tx.afterCommit(() => this.events.emit('api-key.created', { ...facts(inserted), createdBy: inserted.createdBy }));
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
    const checked = checkFields(change, before, this.configuration(before.configId));
    const row = await this.database.transaction(async (tx) => {
      await within?.(tx);
      const updated = await this.store.update(tx, keyId, owner, checked);
      if (!updated) throw keyErrors.revoked();
      this.drop(tx, updated.id);
      tx.afterCommit(() => this.events.emit('api-key.updated', { ...facts(updated), changed }));
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
      this.drop(tx, row.id);
      tx.afterCommit(() => this.events.emit('api-key.revoked', { ...facts(row), reason }));
    });
  }

  /** Ends a key and hides it. @throws AuthError 404 `KEY_NOT_FOUND` */
  async delete(keyId: string, { owner = null }: KeyConditions = {}): Promise<void> {
    if (!isUuid(keyId)) throw keyErrors.notFound();
    await this.database.transaction(async (tx) => {
      const row = await this.store.delete(tx, keyId, owner, 'deleted');
      if (!row) throw keyErrors.notFound();
      await this.usageStore.forget(tx, [row.id]);
      this.drop(tx, row.id);
      tx.afterCommit(() => this.events.emit('api-key.deleted', facts(row)));
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
    const configuration = this.configuration(before.configId);
    const overlapSeconds = command.overlap ?? configuration.rotationOverlapSeconds;
    const { key, stored } = this.secrets.mint(configuration, conditions.order);
    const row = await this.database.transaction(async (tx) => {
      const holder = ownerOf(before);
      const made = await this.madeBefore(tx, holder, stored, conditions.order);
      if (made) return made;
      if (isBounded) await this.requireRoom(tx, holder, configuration, 0);
      await holdOwner(tx, holder, this.subjects);
      await within?.(tx);
      requireRotatable(await this.store.lock(tx, keyId, owner));
      const successor = await this.store.rotate(tx, keyId, owner, stored, {
        overlapSeconds,
        maxLifetimeSeconds: configuration.boundsLifetime ? configuration.maxExpiresInSeconds : null,
      });
      if (!successor) throw keyErrors.alreadyRotated();
      this.drop(tx, before.id);
      const rotated = { ...facts(before), successorId: successor.id, overlapSeconds };
      tx.afterCommit(() => this.events.emit('api-key.rotated', rotated));
      return successor;
    });
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

  /** What the same order has made. The owner is locked first, so that of two at once the second sees what the first has made. */
  private async madeBefore(tx: Transaction, owner: ApiKeyOwner, key: MintedApiKey, order?: string) {
    if (order === undefined) return null;
    await this.subjects.lock(tx, ownerSubject(owner));
    return this.store.findMade(tx, key);
  }

  /** Locks the owner until the transaction ends, so that no other key of theirs is added and the count is exact. */
  private async requireRoom(
    tx: Transaction,
    owner: ApiKeyOwner,
    { configId, maxPerOwner }: ConfigurationSettings,
    more: 0 | 1,
  ): Promise<void> {
    await this.subjects.lock(tx, ownerSubject(owner));
    const { held, made_today: made } = await this.store.countOf(tx, owner, configId);
    if (more > 0 && held >= maxPerOwner) throw keyErrors.tooMany(maxPerOwner);
    if (made >= maxPerOwner * MADE_A_DAY) throw keyErrors.tooManyToday(maxPerOwner * MADE_A_DAY);
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

function facts(row: ApiKeyRow) {
  return { keyId: row.id, ownerKind: row.ownerKind, ownerId: row.referenceId, configId: row.configId };
}
