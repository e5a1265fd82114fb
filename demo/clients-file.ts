import { readFileSync } from 'node:fs';
import type { SeedClient } from 'nest-authority';
import { WEB_CLIENT } from './web-client/web-client.config.js';

/**
 * The content of AUTH_CLIENTS_FILE: client metadata of RFC 7591 with `client_id`, `client_secret` and `require_pkce`.
 * @throws Error that names the variable; the library checks the metadata when it seeds the clients
 */
export function readClients(file: string): SeedClient[] {
  const records: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(records)) throw new Error(`AUTH_CLIENTS_FILE: ${file} is not a JSON array.`);
  const isClient = (one: unknown) => typeof (one as SeedClient | null)?.client_id === 'string';
  if (!records.every(isClient)) throw new Error(`AUTH_CLIENTS_FILE: an entry of ${file} has no client_id.`);
  return records as SeedClient[];
}

/** The built-in client that /docs uses. */
export const DOCS_CLIENT = 'demo-app';

/**
 * One client of each kind, for trying things: a public one (also for /docs), a confidential one (for the web client), a device, and a
 * service.
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

/** Redirect addresses of Swagger UI. None for an issuer that uses plain http on a host other than this machine. */
export function docsCallbacks(issuer: string): string[] {
  if (!URL.canParse(issuer)) return [];
  const { protocol, hostname, origin } = new URL(issuer);
  const isTaken = protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1';
  return isTaken ? [`${origin}/docs/oauth2-redirect.html`] : [];
}
