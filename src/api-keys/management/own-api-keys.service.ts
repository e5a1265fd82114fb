import { Inject, Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { HostPorts } from '../../common/ports/port.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { ApiKeyAction, ApiKeyOwner } from '../api-keys.options.js';
import { API_KEYS_SETTINGS, type ApiKeysSettings, type ConfigurationSettings } from '../api-keys.settings.js';
import { ApiKeysService, type ApiKeyPage } from './api-keys.service.js';
import { ownAgent, type NamedAgent } from '../keys/api-key.agent.js';
import type { ApiKeyFields, DelegateApiKey, VerifyApiKey } from '../keys/api-key.commands.js';
import type { ApiKeyListing } from '../keys/api-key.list.js';
import { ApiKeyUsageStore, type UsageDay } from '../keys/api-key-usage.store.js';
import { ApiKeyStore } from '../keys/api-key.store.js';
import type { ApiKeyView, ApiKeyWithSecret } from '../keys/api-key.view.js';
import { keyErrors } from '../keys/api-key.errors.js';
import { parsePermissions } from '../keys/api-key.fields.js';
import { ownerOf, ownerSubject } from '../keys/api-key.owner.js';
import { isWithin } from '../../common/principal/permissions.js';
import { ApiKeyVerificationService, type ApiKeyVerification } from '../verification/api-key-verification.service.js';
import type { AuthenticatedApiKey } from '../verification/api-key.state.js';

/** Fields that a caller may set; none of them grants identity or lifts a limit. `permissions` is parsed here, after it is clear that they may be set. */
export interface OwnApiKeyFields extends Omit<ApiKeyFields, 'permissions'> {
  readonly permissions?: unknown;
}

export interface CreateOwnApiKey extends OwnApiKeyFields {
  readonly configId?: string;
  readonly prefix?: string;
  readonly organizationId?: string;
  readonly serviceId?: string;
  readonly agent?: NamedAgent;
}

export interface UpdateOwnApiKey extends OwnApiKeyFields {
  readonly enabled?: boolean;
}

type OtherOwner = Pick<CreateOwnApiKey, 'organizationId' | 'serviceId'>;

/** Keys as callers manage them: their own, and those of organisations and services where the host's hook allows it. */
@Injectable()
export class OwnApiKeysService {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly store: ApiKeyStore,
    private readonly usageStore: ApiKeyUsageStore,
    private readonly verification: ApiKeyVerificationService,
    private readonly ports: HostPorts,
    @Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings,
  ) {}

  /**
   * @param order of a form, which makes one key however often it is sent (KeyConditions)
   * @throws AuthError 400; 403 above a ceiling or for an owner the caller may not act for
   */
  async create(principal: AuthPrincipal, command: CreateOwnApiKey, order?: string): Promise<ApiKeyWithSecret> {
    const configuration = this.configurationFor(command);
    const owner = await this.otherOwner(principal, command, 'create', configuration);
    const { configId } = configuration;
    await this.settings.hooks.beforeCreate?.({ principal, owner, configId, name: command.name ?? null });
    const fields = withinCeilings(command, configuration);
    await this.requireFresh(principal, fields);
    // Where a name is required, an empty one counts as missing.
    const name = configuration.requireName ? command.name || null : command.name;
    const agent = command.agent && ownAgent(command.agent, ownerSubject(owner));
    return this.keys.create(
      { ...fields, name, owner, ...(agent && { agent }), configId, createdBy: principal.subjectId },
      { within: this.sessionLives(principal), isBounded: true, ...orderOf(principal, order) },
    );
  }

  async get(principal: AuthPrincipal, keyId: string, configId?: string): Promise<ApiKeyView> {
    const key = await this.keys.get(keyId, await this.ownerOf(principal, keyId, 'read'));
    if (configId !== undefined && key.configId !== configId) throw keyErrors.notFound();
    return key;
  }

  /** How often the key was used on each of the last days, oldest first. @throws AuthError 404 `KEY_NOT_FOUND` */
  async usage(principal: AuthPrincipal, keyId: string, days: number): Promise<readonly UsageDay[]> {
    const { id } = await this.get(principal, keyId);
    return (await this.usageStore.days([id], days)).get(id)!;
  }

  async list(principal: AuthPrincipal, listing: ApiKeyListing & OtherOwner): Promise<ApiKeyPage> {
    const owner = await this.otherOwner(principal, listing, 'read');
    return this.keys.list({ ...listing, owner });
  }

  async update(principal: AuthPrincipal, keyId: string, change: UpdateOwnApiKey): Promise<ApiKeyView> {
    const owner = await this.ownerOf(principal, keyId, 'update');
    const { configId } = await this.keys.get(keyId, owner);
    const fields = withinCeilings(change, this.keys.configuration(configId));
    await this.requireFresh(principal, fields);
    return this.keys.update(keyId, fields, { owner, within: this.sessionLives(principal) });
  }

  /** Permissions may open more than the session itself does: not for whoever finds a browser open. @throws AuthError 403 `SESSION_NOT_FRESH` */
  private async requireFresh(principal: AuthPrincipal, { permissions }: ApiKeyFields): Promise<void> {
    if (permissions && this.ports.sessions.filled) await this.ports.sessions.get().requireFresh(principal);
  }

  async revoke(principal: AuthPrincipal, keyId: string, reason?: string): Promise<void> {
    await this.keys.revoke(keyId, reason ?? 'revoked by its owner', {
      owner: await this.ownerOf(principal, keyId, 'revoke'),
    });
  }

  async delete(principal: AuthPrincipal, keyId: string): Promise<void> {
    await this.keys.delete(keyId, { owner: await this.ownerOf(principal, keyId, 'delete') });
  }

  /** Whether this was a key that the caller could delete, and is deleted already. */
  async isDeleted(principal: AuthPrincipal, keyId: string): Promise<boolean> {
    const row = isUuid(keyId) ? await this.store.findDeleted(keyId) : null;
    return row !== null && (await this.mayManage(principal, ownerOf(row), 'delete'));
  }

  /** @param overlap seconds; `order` as for `create`. @throws AuthError 400 `OVERLAP_TOO_LONG` and what `ApiKeysService.rotate` throws */
  async rotate(principal: AuthPrincipal, keyId: string, overlap?: number, order?: string): Promise<ApiKeyWithSecret> {
    const owner = await this.ownerOf(principal, keyId, 'rotate');
    const { configId } = await this.keys.get(keyId, owner);
    const { maxRotationOverlapSeconds } = this.keys.configuration(configId);
    if (overlap !== undefined && overlap > maxRotationOverlapSeconds) {
      throw AuthError.badRequest(
        'OVERLAP_TOO_LONG',
        `The overlap must not exceed ${maxRotationOverlapSeconds} seconds`,
      );
    }
    const command = overlap === undefined ? {} : { overlap };
    return this.keys.rotate(keyId, command, {
      owner,
      within: this.sessionLives(principal),
      isBounded: true,
      ...orderOf(principal, order),
    });
  }

  /** From the key that the caller presents. @throws AuthError as `ApiKeysService.delegate` */
  async delegate(principal: AuthPrincipal, command: DelegateApiKey): Promise<ApiKeyWithSecret> {
    const { owner, agent } = principal.claims['apiKey'] as AuthenticatedApiKey;
    const named = ownAgent(command.agent, ownerSubject(owner), agent?.id ?? '');
    return this.keys.delegate(principal.credentialId, { ...command, agent: named });
  }

  /**
   * A service may ask about any key; other callers about their own, and about others as the hook allows.
   * @throws AuthError 403 `insufficient_scope` for a client that acts for a user without the scope
   */
  async verify(principal: AuthPrincipal, question: VerifyApiKey): Promise<ApiKeyVerification> {
    // Consent for a client does not by itself allow it to try keys.
    if (principal.kind === 'user' && principal.clientId !== null && !principal.scopes.has(VERIFY_SCOPE))
      throw AuthError.insufficientScope([VERIFY_SCOPE]);
    return this.verification.verify(question, (owner) =>
      principal.kind === 'client' ? true : this.mayManage(principal, owner, 'verify'),
    );
  }

  /** The owner that a request names, if the caller may act for them; the caller when it names none. */
  private async otherOwner(
    principal: AuthPrincipal,
    { organizationId, serviceId }: OtherOwner,
    action: ApiKeyAction,
    configuration?: ConfigurationSettings,
  ): Promise<ApiKeyOwner> {
    if (organizationId !== undefined && serviceId !== undefined)
      throw AuthError.badRequest('CONFLICTING_OWNER', 'Give either organizationId or serviceId');
    const owner: ApiKeyOwner =
      organizationId !== undefined
        ? { kind: 'organization', id: organizationId }
        : serviceId !== undefined
          ? { kind: 'service', id: serviceId }
          : { kind: 'user', id: principal.subjectId };
    const references = configuration?.references ?? owner.kind;
    if (references !== owner.kind) {
      const code = references === 'organization' ? 'ORGANIZATION_ID_REQUIRED' : 'OWNER_KIND_NOT_ALLOWED';
      throw AuthError.badRequest(code, `Keys of this configuration belong to a ${references}`);
    }
    if (!(await this.mayManage(principal, owner, action))) throw keyErrors.ownerNotAllowed(owner.kind);
    return owner;
  }

  /** The owner that a key must have for this caller to reach it. Without a hook that is the caller, known without a look-up. */
  private async ownerOf(principal: AuthPrincipal, keyId: string, action: ApiKeyAction): Promise<ApiKeyOwner> {
    const self: ApiKeyOwner = { kind: 'user', id: principal.subjectId };
    if (!this.settings.hooks.authorizeOwner || !isUuid(keyId)) return self;
    const row = await this.store.find(keyId, null);
    if (!row) return self;
    const owner = ownerOf(row);
    return (await this.mayManage(principal, owner, action)) ? owner : self;
  }

  private async mayManage(principal: AuthPrincipal, owner: ApiKeyOwner, action: ApiKeyAction): Promise<boolean> {
    if (owner.kind === 'user' && principal.kind === 'user' && owner.id === principal.subjectId) return true;
    return (await this.settings.hooks.authorizeOwner?.({ principal, owner, action })) === true;
  }

  /** By name or by prefix; the two must agree. */
  private configurationFor({ configId, prefix }: CreateOwnApiKey): ConfigurationSettings {
    if (prefix === undefined) return this.keys.configuration(configId);
    const byPrefix = [...this.settings.configurations.values()].find((one) => one.prefix === prefix);
    if (!byPrefix || (configId !== undefined && byPrefix.configId !== configId)) {
      throw AuthError.badRequest('INVALID_PREFIX', 'There is no API key configuration with this prefix');
    }
    return byPrefix;
  }

  /** A change fails when its session ends meanwhile: ending the session is meant to stop this too. */
  private sessionLives(principal: AuthPrincipal): (tx: Transaction) => Promise<void> {
    return async (tx) => {
      if (principal.sessionId === null || !this.ports.sessions.filled) return;
      const session = await this.ports.sessions.get().hold(tx, principal.sessionId);
      if (!session) throw AuthError.invalidToken('the session has ended');
    };
  }
}

/** Orders of two users are never the same. */
function orderOf({ subjectId }: AuthPrincipal, order: string | undefined): { readonly order?: string } {
  return order === undefined ? {} : { order: `${subjectId}\0${order}` };
}

/** Scope that a client needs to verify keys for a user, where the host offers it. */
const VERIFY_SCOPE = 'api-key:verify';

/** Users may narrow what the configuration allows, never widen it. Without a ceiling only the server sets these (T017). */
function withinCeilings<Fields extends OwnApiKeyFields>(
  fields: Fields,
  { maxPermissions, maxScopes }: ConfigurationSettings,
): Omit<Fields, 'permissions' | 'scopes'> & ApiKeyFields {
  const { permissions, scopes, ...others } = fields;
  if (permissions !== undefined && maxPermissions === null) throw keyErrors.serverOnly('permissions');
  if (scopes !== undefined && maxScopes === null) throw keyErrors.serverOnly('scopes');
  if (scopes?.some((scope) => !maxScopes!.includes(scope))) throw keyErrors.tooWide('scopes');
  const asked = permissions === undefined ? undefined : parsePermissions(permissions);
  if (asked && !isWithin(asked, maxPermissions!)) throw keyErrors.tooWide('permissions');
  return { ...others, ...(asked !== undefined && { permissions: asked }), ...(scopes !== undefined && { scopes }) };
}
