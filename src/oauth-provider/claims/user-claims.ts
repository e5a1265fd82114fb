import { Inject, Injectable } from '@nestjs/common';
import { HostPorts } from '../../common/ports/port.js';
import { CLAIM_SCOPES, claimsOfUser } from '../../common/ports/standard-claims.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { withNameParts } from './name-parts.js';

/** Claims about users, from the user directory and the host's hook. */
@Injectable()
export class UserClaims {
  constructor(
    private readonly ports: HostPorts,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** Claims of these scopes, without `sub`; null when there is no such user. */
  async ofScopes(
    client: RegisteredClient,
    subjectId: string,
    scopes: readonly string[],
  ): Promise<Record<string, unknown> | null> {
    const users = this.ports.users.get();
    const user = await users.find(subjectId);
    if (!user) return null;
    const claims = (await users.claims?.(subjectId, scopes)) ?? claimsOfUser(user, new Set(scopes));
    const known = scopes.includes('profile') ? withNameParts(claims) : claims;
    const all = { ...known, ...(await this.settings.hooks.customClaims?.({ user, client, scopes })) };
    // OIDC Core 5.3.2: a claim without a value is left out, not null.
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
  }

  /** The claims of `names` that have a value, whatever the scopes (OIDC Core 5.5). */
  async named(client: RegisteredClient, subjectId: string, names: readonly string[]): Promise<Record<string, unknown>> {
    const all = (await this.ofScopes(client, subjectId, CLAIM_SCOPES)) ?? {};
    return Object.fromEntries(names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]));
  }
}
