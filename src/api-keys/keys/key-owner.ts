import type { KeyOwner, KeyOwnerKind } from '../api-keys.options.js';

/** The kernel's name of an owner. Users go by their id; others are told apart from them by their kind. */
export function ownerSubject({ kind, id }: KeyOwner): string {
  return kind === 'user' ? id : `${kind}:${id}`;
}

/** Every owner a subject of the kernel can be: ending more than was meant is safer than less. */
export function ownersOf(subject: string): KeyOwner[] {
  const [kind, ...rest] = subject.split(':');
  const owners: KeyOwner[] = [{ kind: 'user', id: subject }];
  if ((kind === 'organization' || kind === 'service') && rest.length > 0)
    owners.push({ kind: kind as KeyOwnerKind, id: rest.join(':') });
  return owners;
}
