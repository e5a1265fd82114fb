import { strictest, type FapiProfile } from './client-rules.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';

/** FAPI 2.0 Security Profile 5.3.2.1-6: clients prove themselves by a key or a certificate of theirs. */
const METHODS: ReadonlySet<string> = new Set(['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']);

/** Whether clients of the profile may prove themselves by it; null: no profile. */
export function allowsMethod(profile: FapiProfile | null, method: string): boolean {
  return profile === null || METHODS.has(method);
}

/** What a profile is checked against. */
export interface ProfiledClient {
  readonly metadata: ClientMetadata;
  readonly policy: Partial<ClientPolicy>;
}

/**
 * What in a client contradicts the FAPI 2.0 Security Profile, where it is in force: by the server's options or by the client's policy. Its
 * algorithms are checked with the messages. Null: nothing.
 */
export function securityProfileFault(
  { metadata, policy }: ProfiledClient,
  ofServer: FapiProfile | null,
): string | null {
  const profile = strictest(ofServer, policy.profile ?? null);
  if (profile === null) return null;
  const { token_endpoint_auth_method: method, redirect_uris: redirects, application_type: type } = metadata;
  if (![method, ...(policy.furtherAuthMethods ?? [])].every((one) => allowsMethod(profile, one)))
    return `token_endpoint_auth_method: profile ${profile} allows only ${[...METHODS].join(', ')}`;
  if (policy.federatedIdentities?.length)
    return `federatedIdentities: profile ${profile} asks for a key or a certificate of the client itself; leave them out`;
  if (metadata.require_pushed_authorization_requests === false)
    return `require_pushed_authorization_requests: profile ${profile} asks for pushed requests; leave it out`;
  if (policy.requirePkce === false) return `require_pkce: profile ${profile} asks for PKCE; leave it out`;
  if (policy.clientAssertionAudience === 'any')
    return `client_assertion_audience: profile ${profile} takes the issuer alone; leave it out`;
  // 5.3.2.2-8: plain http is for native applications on the user's machine.
  if (type === 'web' && redirects.some((uri) => /^http:/i.test(uri)))
    return `redirect_uris: profile ${profile} sends web applications back by https`;
  return null;
}
