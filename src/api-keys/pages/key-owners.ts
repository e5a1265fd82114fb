import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { ApiKeyOwnerKind, NamedOwner } from '../api-keys.options.js';
import { API_KEYS_SETTINGS, type ApiKeysSettings, type ConfigurationSettings } from '../api-keys.settings.js';
import type { ApiKeyView } from '../keys/api-key.view.js';

/** Whose keys the pages show: the user's own, or those of an organisation or a service that the host names. */
export interface ShownOwner {
  readonly kind: ApiKeyOwnerKind;
  /** As in the address; empty for the user. */
  readonly handle: string;
  /** Null: the user. */
  readonly name: string | null;
  readonly organizationId?: string;
  readonly serviceId?: string;
}

const OWN: ShownOwner = { kind: 'user', handle: '', name: null };

/** The owners that a user can choose from. What they may do with their keys `authorizeOwner` decides, as on every other route. */
@Injectable()
export class KeyOwners {
  constructor(@Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings) {}

  /** The user first. */
  async of(principal: AuthPrincipal): Promise<ShownOwner[]> {
    const named = (await this.settings.hooks.listOwners?.({ principal })) ?? [];
    return [OWN, ...named.map(toShown)];
  }

  /** The owner in an address. @throws AuthError 404 when it is none of theirs */
  async find(principal: AuthPrincipal, handle: string): Promise<ShownOwner> {
    const owner = (await this.of(principal)).find((one) => one.handle === handle);
    if (!owner) throw AuthError.notFound();
    return owner;
  }

  /** The kinds of keys that such an owner can have. */
  configurationsFor({ kind }: ShownOwner): ConfigurationSettings[] {
    return [...this.settings.configurations.values()].filter(({ references }) => (references ?? kind) === kind);
  }
}

/** The owner of a key, as in the address of a list. */
export function handleOf({ ownerKind, referenceId }: ApiKeyView): string {
  return ownerKind === 'user' ? '' : `${ownerKind}:${referenceId}`;
}

function toShown({ kind, id, name }: NamedOwner): ShownOwner {
  const owner = kind === 'organization' ? { organizationId: id } : { serviceId: id };
  return { kind, handle: `${kind}:${id}`, name, ...owner };
}
