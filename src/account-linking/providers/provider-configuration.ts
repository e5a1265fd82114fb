import { importPKCS8, SignJWT } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  type ClientAuth,
  type ServerMetadata,
} from 'openid-client';
import { providerFetch, type ConfigurationOptions } from './provider-fetch.js';
import type { ProviderSettings } from './provider.options.js';

const APPLE_AUDIENCE = 'https://appleid.apple.com';

/** Reads the provider's metadata where it has some. @throws what openid-client throws */
export async function configure(provider: ProviderSettings, options: ConfigurationOptions): Promise<Configuration> {
  const fetch = providerFetch(options);
  // The guarded fetch decides which hosts may be called without TLS: loopback, and only in tests.
  const execute = [allowInsecureRequests];
  const client = { client_id: provider.clientId };
  if (provider.discovery === null) {
    const configuration = new Configuration(
      plainMetadata(provider),
      provider.clientId,
      client,
      authentication(provider),
    );
    configuration[customFetch] = fetch;
    configuration.timeout = options.timeoutSeconds;
    allowInsecureRequests(configuration);
    return configuration;
  }
  return discovery(provider.discovery, provider.clientId, client, authentication(provider), {
    [customFetch]: fetch,
    timeout: options.timeoutSeconds,
    // Checks the signature too, though the ID token comes from the token endpoint itself (OIDC Core 3.1.3.7, T115).
    execute: [...execute, enableNonRepudiationChecks],
  });
}

function plainMetadata(provider: ProviderSettings): ServerMetadata {
  return {
    issuer: provider.issuer,
    authorization_endpoint: provider.authorizationUrl!,
    token_endpoint: provider.tokenUrl!,
    userinfo_endpoint: provider.userInfoUrl!,
    ...(provider.requireIssuer && { authorization_response_iss_parameter_supported: true }),
  };
}

function authentication(provider: ProviderSettings): ClientAuth {
  if (provider.apple) return appleAuthentication(provider, provider.apple);
  const secret = provider.clientSecret;
  if (provider.authentication === 'none' || secret === null) return None();
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported;
    // Without metadata the secret goes into the body, which providers without discovery accept more often.
    const byMetadata =
      provider.discovery === null ? post : (methods?.includes('client_secret_basic') ?? true) ? basic : post;
    const chosen = provider.authentication === null ? byMetadata : provider.authentication === 'basic' ? basic : post;
    return chosen(server, client, body, headers);
  };
}

/** Apple's client secret is a JWT that we sign, valid for five minutes. */
function appleAuthentication(provider: ProviderSettings, apple: NonNullable<ProviderSettings['apple']>): ClientAuth {
  const sign = async (): Promise<string> =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: apple.keyId })
      .setIssuer(apple.teamId)
      .setSubject(provider.clientId)
      .setAudience(APPLE_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importPKCS8(apple.privateKey, 'ES256'));
  const auth = async (_server: unknown, _client: unknown, body: URLSearchParams): Promise<void> => {
    body.set('client_id', provider.clientId);
    body.set('client_secret', await sign());
  };
  return auth as unknown as ClientAuth;
}
