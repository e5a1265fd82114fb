import { Inject, Injectable } from '@nestjs/common';
import { hmacSha256 } from '../../common/crypto.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { sectorHostOf } from '../clients/metadata/sector-identifiers.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/** The `sub` by which clients know users: the user's own id, or one that differs per sector (OIDC Core 8). */
@Injectable()
export class SubjectIdentifiers {
  private readonly key: string;

  constructor(
    @Inject(OAUTH_PROVIDER_SETTINGS) settings: OAuthProviderSettings,
    @Inject(CORE_SETTINGS) core: CoreSettings,
  ) {
    // The oldest secret: putting a newer one before it must not change any identifier.
    this.key = settings.pairwiseSecret ?? `pairwise subject identifiers ${core.secrets.at(-1)}`;
  }

  /** The `sub` by which this client knows this subject. */
  of(client: RegisteredClient, subjectId: string): string {
    const { metadata } = client;
    if (metadata.subject_type !== 'pairwise' || subjectId === client.clientId) return subjectId;
    return this.inSector(sectorHostOf(metadata) || `client ${client.clientId}`, subjectId);
  }

  /** The pairwise `sub` for all clients of a sector. */
  inSector(sector: string, subjectId: string): string {
    // OIDC Core 8.1. The user's id comes last, so that no two pairs give the same text.
    return hmacSha256(this.key, `${sector}\0${subjectId}`).toString('base64url');
  }
}
