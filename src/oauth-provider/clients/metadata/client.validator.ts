import { Inject, Injectable } from '@nestjs/common';
import { parseScope } from '../../../common/principal/scopes.js';
import { Extensions } from '../../../common/extensions.js';
import { DEVICE_CODE_GRANT } from '../../../common/grants/grant.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { invalidMetadata, type ClientMetadataDraft } from './client-metadata-input.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';
import { strictest } from './client-rules.js';
import { keepsSubjects, SectorIdentifiers } from './sector-identifiers.js';
import { validateClientMetadata, type MetadataRules } from './client-metadata.rules.js';

/** `self`: the client or its owner. `trusted`: administration, options or the host's code. */
export type ClientAuthor = 'self' | 'trusted';

const NO_SCOPES: ReadonlySet<string> = new Set();

/** The rules for client metadata; grant types and sensitive scopes depend on the author. */
export function metadataRules(settings: OAuthProviderSettings, grantTypes: readonly string[]): MetadataRules {
  return {
    scopes: settings.scopes,
    defaultScopes: settings.defaultScopes,
    refusedScopes: NO_SCOPES,
    grantTypes: new Set(grantTypes),
    isConfigured: false,
    signingAlgorithms: settings.idTokenAlgorithms,
    mayLackKeys: false,
    redirectSchemes: settings.redirectSchemes,
    requestObjects: settings.requestObjects,
    profile: settings.profile,
    detailTypes: new Set(settings.authorizationDetailTypes.keys()),
    acrValues: settings.acrValues,
    allowPrivateNetwork: settings.allowPrivateNetwork,
    mtls: settings.mtls,
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
   * @param before what is stored, when its own side changes it: grants and scopes given by administration may stay, and so does its profile
   * @param isOwn whether the client registered itself, whoever writes now: then nobody gives it sensitive scopes (T140)
   * @throws AuthError 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 3.2.2); 429
   */
  async validate(
    draft: ClientMetadataDraft,
    author: ClientAuthor,
    before: { readonly metadata: ClientMetadata; readonly policy: Partial<ClientPolicy> } | null = null,
    isOwn = author === 'self',
  ): Promise<ClientMetadata> {
    const grants = [...this.grantsOf(author), ...(before?.metadata.grant_types ?? [])];
    const profile = strictest(this.settings.profile, before?.policy.profile ?? null);
    const refusedScopes = isOwn ? this.refusedScopes(before?.metadata ?? null) : NO_SCOPES;
    // Of a trusted author the policy comes after it, and is looked at together with it.
    const mayLackKeys = author === 'trusted' || (before?.policy.federatedIdentities?.length ?? 0) > 0;
    const rules = { ...metadataRules(this.settings, grants), profile, refusedScopes, mayLackKeys };
    const metadata = validateClientMetadata(draft, rules);
    // OIDC Core 8.1: a redirect proves the sector, and the device grant has none.
    if (author === 'self' && metadata.subject_type === 'pairwise' && metadata.grant_types.includes(DEVICE_CODE_GRANT))
      throw invalidMetadata('subject_type: pairwise and the device grant are given together by administration only');
    if (before && !keepsSubjects(before.metadata, metadata))
      throw invalidMetadata(
        'subject_type: users would have other names than in tokens it has; register another client',
      );
    await this.sectors.check(metadata, author);
    return metadata;
  }

  private refusedScopes(before: ClientMetadata | null): ReadonlySet<string> {
    const had = parseScope(before?.scope ?? '') ?? [];
    return new Set([...this.settings.sensitiveScopes].filter((scope) => !had.includes(scope)));
  }

  /** A client that registered itself may only act for users, never as itself (T095). */
  private grantsOf(author: ClientAuthor): string[] {
    const { grants } = this.extensions;
    if (author === 'trusted') return ['client_credentials', ...grants.map(({ grantType }) => grantType)];
    return grants.flatMap(({ grantType, isForUsers }) => (isForUsers ? [grantType] : []));
  }
}
