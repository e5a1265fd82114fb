import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { HostPorts } from '../../common/ports/port.js';
import type { SubjectStore } from '../../common/subjects/subject.store.js';
import type { ApiKeyOwner, ApiKeyOwnerKind } from '../api-keys.options.js';
import type { ApiKeyRow } from './api-key.columns.js';
import { keyErrors } from './api-key.errors.js';

export function ownerOf({ ownerKind, referenceId }: Pick<ApiKeyRow, 'ownerKind' | 'referenceId'>): ApiKeyOwner {
  return { kind: ownerKind, id: referenceId };
}

/** Subject id of an owner: a user's own id; other owners' ids get their kind as a prefix. */
export function ownerSubject({ kind, id }: ApiKeyOwner): string {
  return kind === 'user' ? id : `${kind}:${id}`;
}

/** Every owner that a subject id can mean: ending too many keys is safer than too few. */
export function ownersOf(subject: string): ApiKeyOwner[] {
  const [kind, ...rest] = subject.split(':');
  const owners: ApiKeyOwner[] = [{ kind: 'user', id: subject }];
  if ((kind === 'organization' || kind === 'service') && rest.length > 0)
    owners.push({ kind: kind as ApiKeyOwnerKind, id: rest.join(':') });
  return owners;
}

/**
 * Holds the owner until the key is committed, so that ending them ends this key too.
 * @throws AuthError 400 `OWNER_NOT_FOUND`
 */
export async function holdOwner(
  tx: Transaction,
  owner: ApiKeyOwner,
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

/** Users are looked up where there is a user directory; organisations and services are known to the host only. */
export async function requireOwner(owner: ApiKeyOwner, ports: HostPorts): Promise<void> {
  if (owner.id === '' || owner.id.length > 255) throw keyErrors.ownerGone();
  if (owner.kind === 'user' && ports.users.filled && !(await ports.users.get().find(owner.id)))
    throw keyErrors.ownerGone();
}
