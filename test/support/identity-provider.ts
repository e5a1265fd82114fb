import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type OidcProvider from 'oidc-provider';
import { TEST_ISSUER } from './app.js';

export interface IdentityProvider {
  readonly issuer: string;
  /** The person whom the provider signs in next, without asking. */
  person: string;
  /** Claims of each person beside `sub`. */
  readonly people: Map<string, Record<string, unknown>>;
  /** Token requests by grant type, in order. */
  readonly grants: string[];
  /** Errors that the provider found in our requests. */
  readonly errors: string[];
  close(): Promise<void>;
}

export interface IdentityProviderOptions {
  /** Path of the issuer, e.g. Entra's `/<tenant>/v2.0`. */
  readonly path?: string;
  /** Provider ids under which our server knows it; each has its redirect addresses registered. */
  readonly providerIds?: readonly string[];
  readonly accessTokenSeconds?: number;
  /** Claims that go into the ID token as well. */
  readonly idTokenClaims?: readonly string[];
}

export const CLIENT = { clientId: 'linking-tests', clientSecret: 'a client secret of the tests, long enough' } as const;

let keys: object | undefined;

/** A real OpenID provider (npm `oidc-provider`) on a free port of 127.0.0.1. It signs in whomever the test names and always consents. */
export async function startIdentityProvider(options: IdentityProviderOptions = {}): Promise<IdentityProvider> {
  const path = options.path ?? '';
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const state: IdentityProvider = {
    issuer,
    person: 'ada',
    people: new Map(),
    grants: [],
    errors: [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const provider = await makeProvider(issuer, configurationOf(state, options));
  for (const event of ['grant.error', 'authorization.error', 'userinfo.error', 'server_error'])
    provider.on(event, (_context, error: Error & { error_description?: string }) =>
      state.errors.push(
        `${event} ${error.message} ${error.error_description ?? ''} ${event === 'server_error' ? error.stack : ''}`,
      ),
    );
  provider.on('grant.success', (context) => state.grants.push(context.oidc.params.grant_type));
  const answer = provider.callback();
  handle = (request, response) => {
    // A mounted application sees only its own part of the path; `originalUrl` tells it where it is mounted.
    Object.assign(request, { originalUrl: request.url, url: request.url!.slice(path.length) || '/' });
    const serve = request.url!.startsWith('/interaction/')
      ? agree(provider, state, request, response)
      : answer(request, response);
    serve.catch((error: unknown) => {
      state.errors.push(String(error));
      response.writeHead(500).end();
    });
  };
  return state;
}

/** It warns about its in-memory adapter and the runtime: both are intended. */
async function makeProvider(issuer: string, configuration: object): Promise<OidcProvider> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    const { default: Made } = await import('oidc-provider');
    return new Made(issuer, configuration);
  } finally {
    console.warn = warn;
  }
}

async function agree(
  provider: OidcProvider,
  state: IdentityProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const finish = (result: object) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  if (prompt.name === 'login') return finish({ login: { accountId: state.person } });
  if (grantId) return finish({ consent: { grantId } });
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return finish({ consent: { grantId: await grant.save() } });
}

function configurationOf(state: IdentityProvider, options: IdentityProviderOptions): object {
  const path = options.path ?? '';
  const ids = options.providerIds ?? ['test-idp'];
  return {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: ids.flatMap((id) => [
          `${TEST_ISSUER}/api/auth/callback/${id}`,
          `${TEST_ISSUER}/api/auth/oauth2/callback/${id}`,
        ]),
      },
    ],
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...state.people.get(id) }),
    }),
    claims: {
      openid: ['sub', 'tid', 'oid'],
      email: ['email', 'email_verified', 'xms_edov'],
      profile: ['name', 'picture'],
    },
    conformIdTokenClaims: options.idTokenClaims === undefined,
    cookies: { keys: ['a key for the cookies of the tests'] },
    features: { devInteractions: { enabled: false } },
    interactions: {
      url: (_context: unknown, interaction: { uid: string }) => `${path}/interaction/${interaction.uid}`,
    },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    jwks: (keys ??= makeKeys()),
    ttl: {
      AccessToken: options.accessTokenSeconds ?? 3_600,
      IdToken: 3_600,
      AuthorizationCode: 60,
      RefreshToken: 86_400,
      Grant: 86_400,
      Interaction: 600,
      Session: 600,
    },
  };
}

function makeKeys(): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test' }] };
}
