import type { AuthOptions, MtlsOptions, StaticClientOptions } from '../../src/index.js';
import { rfc9440, type Issued } from './certificates.js';
import { createOAuthApp, submit, type OAuthAppOptions } from './client-auth.js';
import type { TestApp } from './app.js';
import type { Answer } from './http.js';

/** A client that proves itself by its certificate, and gets tokens for itself. */
export const holder = (
  clientId: string,
  metadata: Record<string, unknown>,
  tokenEndpointAuthMethod: StaticClientOptions['tokenEndpointAuthMethod'] = 'tls_client_auth',
): StaticClientOptions => ({
  clientId,
  tokenEndpointAuthMethod,
  clientCredentialsScopes: ['reports:read'],
  metadata: metadata as NonNullable<StaticClientOptions['metadata']>,
});

/** A server behind a proxy on loopback, which is the test itself. */
export function createMtlsApp(
  mtls: MtlsOptions,
  clients: readonly StaticClientOptions[],
  { auth, ...rest }: Partial<OAuthAppOptions> = {},
): Promise<TestApp> {
  const core: Partial<AuthOptions> = { trustProxy: ['loopback'], mtls, ...auth };
  return createOAuthApp({ clients, auth: core, ...rest });
}

/** A token for a client itself. */
export function askAs(
  host: Pick<TestApp, 'url'>,
  clientId: string,
  headers: Record<string, string> = {},
  fields: Record<string, string> = {},
): Promise<Answer> {
  return submit(host, 'oauth2/token', { grant_type: 'client_credentials', client_id: clientId, ...fields }, headers);
}

/** As RFC 9440 has a certificate passed on. */
export const clientCert = (one: Pick<Issued, 'der'>, ...chain: Pick<Issued, 'der'>[]): Record<string, string> => ({
  'client-cert': rfc9440(one),
  ...(chain.length > 0 && { 'client-cert-chain': chain.map(rfc9440).join(', ') }),
});

export const outcome = ({ status, body }: Answer) => (status === 200 ? 200 : [status, body?.error]);
export const REFUSED = [401, 'invalid_client'];
export const MALFORMED = [400, 'invalid_request'];
