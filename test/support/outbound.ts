import { AuthError, ClientCredentialsService, type ClientCredential, type OutboundOptions } from '../../src/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import type { Upstream } from './upstream.js';

export const UPSTREAM_SECRET = 'upstream-secret-0123456789-never-shown';

/** Applications by name, all at one programmable upstream. */
export function outboundTo(upstream: Upstream, names: readonly string[], extra: object = {}): OutboundOptions {
  return {
    applications: Object.fromEntries(names.map((name) => [name, { scope: ['read', 'write'], provider: 'upstream' }])),
    providers: {
      upstream: {
        tokenEndpoint: `${upstream.origin}/token`,
        clientId: 'daemon',
        clientSecret: UPSTREAM_SECRET,
        ...extra,
      },
    },
    timeout: '1s',
  };
}

/** A host without cached tokens, so that every call reads the row, which tests can age. */
export function outboundHost(outbound: OutboundOptions, options: TestAppOptions = {}): Promise<TestApp> {
  return createTestApp({
    ...options,
    auth: { allowPrivateNetwork: true, cacheTtl: 0, clientCredentials: { outbound }, ...options.auth },
  });
}

export const tokenOf = (host: TestApp, application: string): Promise<ClientCredential> =>
  host.app.get(ClientCredentialsService).getToken(application);

export async function failureOf(host: TestApp, application: string): Promise<AuthError> {
  const result: unknown = await tokenOf(host, application).catch((thrown: unknown) => thrown);
  if (!(result instanceof AuthError)) throw new Error(`no AuthError: ${JSON.stringify(result)}`);
  return result;
}

/** Sets the remaining life of the row's token. */
export const age = (host: TestApp, application: string, seconds: number) =>
  host.sql(
    `UPDATE auth_client_credential SET expires_at = now() + $2::float8 * interval '1 second' WHERE application_name = $1`,
    [application, seconds],
  );

export const forgiveFailure = (host: TestApp, application: string) =>
  host.sql('UPDATE auth_client_credential SET failed_until = now() WHERE application_name = $1', [application]);
