import { Inject, Injectable } from '@nestjs/common';
import { hmacSha256 } from '../../common/crypto.js';
import type { Client } from '../../common/host/authorization-server.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { isLoopbackHost } from '../clients/redirect-uri-rules.js';
import type { RegisteredClient } from '../clients/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/** How clients know users: by their own id, or by one that is another at every sector (OIDC Core 8). */
@Injectable()
export class SubjectIdentifiers {
  private readonly key: string;

  constructor(
    @Inject(OAUTH_PROVIDER_SETTINGS) settings: OAuthProviderSettings,
    @Inject(CORE_SETTINGS) core: CoreSettings,
  ) {
    // The oldest secret, so that adding a newer one before it changes nobody's identifier.
    this.key = settings.pairwiseSecret ?? `pairwise subject identifiers ${core.secrets.at(-1)}`;
  }

  /** The `sub` by which this client knows this subject. */
  of(client: Client, subjectId: string): string {
    const { metadata } = client as RegisteredClient;
    if (metadata.subject_type !== 'pairwise' || subjectId === client.clientId) return subjectId;
    // OIDC Core 8.1: the local id is the last part, so that no two pairs read alike.
    return hmacSha256(this.key, `${sectorOf(client as RegisteredClient)}\0${subjectId}`).toString('base64url');
  }
}

/** The host that clients of one sector share (OIDC Core 8.1); a client without one, such as a native app, is a sector of its own. */
function sectorOf({ clientId, metadata }: RegisteredClient): string {
  const { sector_identifier_uri: document, redirect_uris: redirects } = metadata;
  const host = document === undefined ? provenHost(redirects[0]) : hostOf(document);
  return host === '' ? `client ${clientId}` : host;
}

/** What follows an app's own scheme is anybody's to write, and this machine is every app's: neither says whose the client is. */
function provenHost(redirectUri: string | undefined): string {
  const host = redirectUri !== undefined && /^https:/i.test(redirectUri) ? hostOf(redirectUri) : '';
  return isLoopbackHost(host) ? '' : host;
}

function hostOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).hostname : '';
}
