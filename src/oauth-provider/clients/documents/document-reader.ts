import { Inject, Injectable } from '@nestjs/common';
import { Extensions } from '../../../common/extensions.js';
import { invalidMetadata, invalidRedirectUri } from '../metadata/client-metadata-input.js';
import type { ClientMetadata } from '../metadata/client-metadata.js';
import { ClientValidator } from '../metadata/client.validator.js';
import { securityProfileFault } from '../metadata/security-profile-rules.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { DOCUMENT_POLICY } from './document-policy.js';
import { readDocument } from './document-metadata.js';

/** Makes client metadata of documents, by the rules for clients that register themselves. */
@Injectable()
export class DocumentReader {
  constructor(
    private readonly validator: ClientValidator,
    private readonly extensions: Extensions,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param before what the client said last; null: it is new
   * @throws AuthError 400 `invalid_client_metadata`, `invalid_redirect_uri`; the veto of the host's `allowClient`
   */
  async read(
    clientId: string,
    document: Readonly<Record<string, unknown>>,
    before: ClientMetadata | null,
  ): Promise<ClientMetadata> {
    const { scopes, sensitiveScopes, idTokenAlgorithms, profile } = this.settings;
    const draft = readDocument(clientId, document, {
      grantTypes: new Set(
        this.extensions.grants.flatMap(({ grantType, isForUsers }) => (isForUsers ? [grantType] : [])),
      ),
      scopes: new Set([...scopes].filter((scope) => !sensitiveScopes.has(scope))),
      signingAlgorithms: idTokenAlgorithms,
    });
    const held = before && { metadata: before, policy: DOCUMENT_POLICY };
    // CIMD 8.8: a logo at an address of theirs could be another one for each user, so none is kept.
    const { logo_uri: _logo, ...metadata } = await this.validator.validate(draft, 'self', held);
    this.requireSameOrigin(clientId, metadata);
    const fault = securityProfileFault({ metadata, policy: DOCUMENT_POLICY }, profile);
    if (fault !== null) throw invalidMetadata(fault);
    await this.requireAllowed(clientId, document, before === null);
    return metadata;
  }

  /** CIMD 8.1, by option; addresses on the user's machine and schemes of apps are of no origin. */
  private requireSameOrigin(clientId: string, { redirect_uris: redirects }: ClientMetadata): void {
    if (!this.settings.clientDocuments!.sameOriginRedirects) return;
    const { origin } = new URL(clientId);
    if (redirects.some((uri) => /^https:/i.test(uri) && new URL(uri).origin !== origin))
      throw invalidRedirectUri('redirect_uris: one is of another origin than the document');
  }

  private async requireAllowed(clientId: string, document: Readonly<Record<string, unknown>>, isNew: boolean) {
    const { allowClient } = this.settings.clientDocuments!;
    if (allowClient && (await allowClient(document, { clientId, isNew })) !== true)
      throw invalidMetadata('allowClient refuses it');
  }
}
