import { Inject, Injectable } from '@nestjs/common';
import { Extensions } from '../../../common/extensions.js';
import { DEVICE_CODE_GRANT } from '../../../common/grants/grant.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { invalidMetadata, type ClientMetadataDraft } from './client-metadata-input.js';
import type { ClientMetadata } from './client-metadata.js';
import { keepsSubjects, SectorIdentifiers } from './sector-identifiers.js';
import { validateClientMetadata, type MetadataRules } from './client-metadata.rules.js';

/** `self`: the client or its owner. `trusted`: administration, options or the host's code. */
export type ClientAuthor = 'self' | 'trusted';

/** The rules for client metadata; only the grant types depend on the author. */
export function metadataRules(settings: OAuthProviderSettings, grantTypes: readonly string[]): MetadataRules {
  return {
    scopes: settings.scopes,
    defaultScopes: settings.defaultScopes,
    grantTypes: new Set(grantTypes),
    isConfigured: false,
    signingAlgorithms: settings.idTokenAlgorithms,
    redirectSchemes: settings.redirectSchemes,
    requestObjects: settings.requestObjects,
    profile: settings.profile,
    acrValues: settings.acrValues,
    allowPrivateNetwork: settings.allowPrivateNetwork,
  };
}

/** The full validation that every write of client metadata goes through (T097). */
@Injectable()
export class ClientValidator {
  constructor(
    private readonly sectors: SectorIdentifiers,
    private readonly extensions: Extensions,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param before the stored metadata when its own side changes it: grants given by administration may stay
   * @throws AuthError 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 3.2.2); 429
   */
  async validate(
    draft: ClientMetadataDraft,
    author: ClientAuthor,
    before: ClientMetadata | null = null,
  ): Promise<ClientMetadata> {
    const grants = [...this.grantsOf(author), ...(before?.grant_types ?? [])];
    const metadata = validateClientMetadata(draft, metadataRules(this.settings, grants));
    // OIDC Core 8.1: a redirect proves the sector, and the device grant has none.
    if (author === 'self' && metadata.subject_type === 'pairwise' && metadata.grant_types.includes(DEVICE_CODE_GRANT))
      throw invalidMetadata('subject_type: pairwise and the device grant are given together by administration only');
    if (before && !keepsSubjects(before, metadata))
      throw invalidMetadata(
        'subject_type: users would have other names than in tokens it has; register another client',
      );
    await this.sectors.check(metadata, author);
    return metadata;
  }

  /** A client that registered itself may only act for users, never as itself (T095). */
  private grantsOf(author: ClientAuthor): string[] {
    const { grants } = this.extensions;
    if (author === 'trusted') return ['client_credentials', ...grants.map(({ grantType }) => grantType)];
    return grants.flatMap(({ grantType, isForUsers }) => (isForUsers ? [grantType] : []));
  }
}
