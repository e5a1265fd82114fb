import { Inject, Injectable } from '@nestjs/common';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { NamedOwner } from '../api-keys.options.js';
import { API_KEYS_SETTINGS, type ApiKeysSettings } from '../api-keys.settings.js';

/** Whose keys the pages show: the user's own, or those of an organisation or a service that the host names. */
export interface ShownOwner {
  /** As in the address; empty for the user. */
  readonly handle: string;
  /** Null: the user. */
  readonly name: string | null;
  readonly organizationId?: string;
  readonly serviceId?: string;
}

const OWN: ShownOwner = { handle: '', name: null };

/** The owners that a user can choose from. What they may do with their keys `authorizeOwner` decides, as on every other route. */
@Injectable()
export class KeyOwners {
  constructor(@Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings) {}

  /** The user first. */
  async of(principal: AuthPrincipal): Promise<ShownOwner[]> {
    const named = (await this.settings.hooks.listOwners?.({ principal })) ?? [];
    return [OWN, ...named.map(toShown)];
  }

  /** The owner in an address; the user where it names none of theirs. */
  async find(principal: AuthPrincipal, handle: string | undefined): Promise<ShownOwner> {
    return (await this.of(principal)).find((one) => one.handle === (handle ?? '')) ?? OWN;
  }
}

function toShown({ kind, id, name }: NamedOwner): ShownOwner {
  return { handle: `${kind}:${id}`, name, ...(kind === 'organization' ? { organizationId: id } : { serviceId: id }) };
}
