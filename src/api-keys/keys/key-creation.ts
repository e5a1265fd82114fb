import { AuthError } from '../../common/errors/auth-error.js';
import type { Transaction } from '../../common/database/transaction.js';
import type { HostPorts } from '../../common/host/port.js';
import type { SubjectStore } from '../../common/subjects/subject.store.js';
import type { KeyOwner } from '../api-keys.options.js';
import { ownerSubject } from './key-owner.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import type { CreateApiKey } from './api-key.commands.js';
import type { NewApiKeyRow } from './api-key.row.js';
import type { Succession } from './api-key.store.js';
import { keyErrors } from './key-errors.js';
import { toColumns } from './key-fields.js';

const NEW_KEY = {
  rate_limit_enabled: true,
  rate_limit_window_ms: null,
  rate_limit_max: null,
  remaining: null,
  refill_amount: null,
  refill_interval_ms: null,
};

/** A command with what the configuration adds, as a row. @throws AuthError 400 */
export function toNewRow(
  command: CreateApiKey,
  configuration: ConfigurationSettings,
  stored: Succession,
): NewApiKeyRow {
  const quota = quotaOf(command, configuration);
  const columns = toColumns(
    {
      name: null,
      permissions: configuration.defaultPermissions,
      scopes: configuration.defaultScopes,
      ...quota,
      ...withoutUndefined(command),
      ...(command.expiresAt === undefined && {
        expiresIn: command.expiresIn ?? defaultLifetime(command, configuration),
      }),
    },
    NEW_KEY,
    configuration,
  );
  return {
    enabled: true,
    name: null,
    metadata: null,
    permissions: null,
    scopes: [],
    allowed_ips: [],
    expires_at: null,
    lifetime_seconds: null,
    ...NEW_KEY,
    ...columns,
    ...stored,
    config_id: configuration.configId,
    owner_kind: command.owner.kind,
    owner_id: command.owner.id,
    created_by: command.createdBy ?? null,
  };
}

/**
 * Keeps the owner from ending until the key is theirs, so that whoever ends the owner ends the key too.
 * @throws AuthError 400 `OWNER_NOT_FOUND`
 */
export async function holdOwner(
  tx: Transaction,
  owner: KeyOwner,
  subjects: SubjectStore,
  epoch?: number,
): Promise<void> {
  try {
    await subjects.hold(tx, ownerSubject(owner), epoch);
  } catch (error) {
    if (error instanceof AuthError && error.status === 401) throw keyErrors.ownerGone();
    throw error;
  }
}

/** Users are known to a directory, where there is one; organisations and services to the host alone. */
export async function requireOwner(owner: KeyOwner, ports: HostPorts): Promise<void> {
  if (owner.id === '' || owner.id.length > 255) throw keyErrors.ownerGone();
  if (owner.kind === 'user' && ports.users.filled && !(await ports.users.get().find(owner.id)))
    throw keyErrors.ownerGone();
}

/** Naming any part of a quota replaces the configured one. A refill without a balance starts full. */
function quotaOf(command: CreateApiKey, { quota }: ConfigurationSettings) {
  const { remaining, refillAmount, refillInterval } = command;
  if (remaining === undefined && refillAmount === undefined && refillInterval === undefined) return quota ?? {};
  return { remaining: refillAmount ?? null };
}

/** An explicit null asks for a key without end, which a configured maximum does not allow. */
function defaultLifetime(command: CreateApiKey, configuration: ConfigurationSettings): number | null {
  return command.expiresIn === null && !configuration.boundsLifetime ? null : configuration.expiresInSeconds;
}

function withoutUndefined(command: CreateApiKey): CreateApiKey {
  return Object.fromEntries(
    Object.entries(command).filter(([, value]) => value !== undefined),
  ) as unknown as CreateApiKey;
}
