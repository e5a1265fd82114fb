import { readFileSync } from 'node:fs';
import type { SeedClient } from 'nest-authority';
import { WEB_CLIENT } from './web-client/web-client.config.js';

/**
 * What AUTH_CLIENTS_FILE holds: client metadata of RFC 7591 with `client_id`, `client_secret` and `require_pkce`.
 * @throws Error that names the variable; the metadata are checked by the library when the clients are put in place
 */
export function readClients(file: string): SeedClient[] {
  const records: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(records)) throw new Error(`AUTH_CLIENTS_FILE: ${file} holds no JSON array.`);
  const isClient = (one: unknown) => typeof (one as SeedClient | null)?.client_id === 'string';
  if (!records.every(isClient)) throw new Error(`AUTH_CLIENTS_FILE: an entry of ${file} has no client_id.`);
  return records as SeedClient[];
}

/** The client of /docs among the built-in ones. */
export const DOCS_CLIENT = 'demo-app';

/**
 * One client of each kind, to try things with: a public one (also that of /docs), a confidential one (that of the web client), a device, and
 * a service.
 * @param webClientOrigin null: the web client is off
 */
export function builtInClients(issuer: string, webClientOrigin: string | null): SeedClient[] {
  const scope = 'openid profile email offline_access read:data write:data reports:read';
  const grants = ['authorization_code', 'refresh_token'];
  return [
    {
      client_id: DOCS_CLIENT,
      client_name: 'Demo app',
      redirect_uris: [...docsCallbacks(issuer), 'http://127.0.0.1/callback', 'http://localhost:8080/callback'],
      grant_types: grants,
      scope,
    },
    {
      client_id: WEB_CLIENT,
      client_name: 'Demo web application',
      client_secret: 'demo-web-secret',
      redirect_uris: ['http://127.0.0.1/callback', 'http://localhost:8080/callback'],
      ...(webClientOrigin !== null && { post_logout_redirect_uris: [`${webClientOrigin}/`] }),
      grant_types: grants,
      scope,
    },
    {
      client_id: 'demo-tv',
      client_name: 'Demo television',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      scope,
    },
    {
      client_id: 'demo-service',
      client_name: 'Demo service',
      client_secret: 'demo-service-secret',
      grant_types: ['client_credentials'],
      scope: 'read:data reports:read',
    },
  ];
}

/** Where Swagger UI is sent back to. An issuer by plain http on another host than this machine can have none. */
export function docsCallbacks(issuer: string): string[] {
  if (!URL.canParse(issuer)) return [];
  const { protocol, hostname, origin } = new URL(issuer);
  const isTaken = protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1';
  return isTaken ? [`${origin}/docs/oauth2-redirect.html`] : [];
}
