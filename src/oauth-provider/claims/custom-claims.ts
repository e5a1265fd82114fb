import { Inject, Injectable } from '@nestjs/common';
import { HostPorts } from '../../common/ports/port.js';
import { RESERVED_CLAIMS } from '../../common/keys/reserved-claims.js';
import { readActor } from '../../common/principal/actor.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/** Bytes of JSON: with everything else the token still fits a header. */
const MAX_BYTES = 2_048;

/** Reserved, but the host's to give: it says who alone may exchange the token, and so only takes away (RFC 8693 4.4). */
const MAY_ACT = 'may_act';

/** The token that the host adds claims to. */
export interface ClaimedToken {
  readonly client: RegisteredClient;
  readonly subjectId: string;
  readonly scopes: readonly string[];
}

/** The host's claims in clients' JWTs. A hook may query the database: never call it inside a transaction. */
@Injectable()
export class CustomClaims {
  constructor(
    private readonly ports: HostPorts,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  async ofIdToken({ client, subjectId, scopes }: ClaimedToken): Promise<Record<string, unknown>> {
    const hook = this.settings.hooks.customIdTokenClaims;
    const user = hook ? await this.ports.users.get().find(subjectId) : null;
    return hook && user ? checked('customIdTokenClaims', await hook({ user, client, scopes })) : {};
  }

  async ofAccessToken(
    token: ClaimedToken & { readonly resources: readonly string[] },
  ): Promise<Record<string, unknown>> {
    const hook = this.settings.hooks.customAccessTokenClaims;
    if (!hook) return {};
    const { client, subjectId, scopes, resources } = token;
    const user = subjectId === client.clientId ? null : await this.ports.users.get().find(subjectId);
    return checked('customAccessTokenClaims', await hook({ user, client, scopes, resources }));
  }
}

/** @throws Error naming what the host has to change */
function checked(name: string, claims: Record<string, unknown> | undefined): Record<string, unknown> {
  const given = claims ?? {};
  const reserved = Object.keys(given).filter((claim) => RESERVED_CLAIMS.has(claim) && claim !== MAY_ACT);
  if (reserved.length > 0)
    throw new Error(
      `oauthProvider.hooks.${name} returned ${reserved.join(', ')}: reserved for the server. Give your claims other names.`,
    );
  if (given[MAY_ACT] !== undefined && readActor(given[MAY_ACT]) === null)
    throw new Error(`oauthProvider.hooks.${name} returned a may_act that names nobody. Give { sub } (RFC 8693 4.4).`);
  const bytes = Buffer.byteLength(JSON.stringify(given));
  if (bytes > MAX_BYTES)
    throw new Error(`oauthProvider.hooks.${name} returned ${bytes} bytes. Give at most ${MAX_BYTES}.`);
  return given;
}
