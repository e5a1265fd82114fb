import { Inject, Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { ClientAuthMethod, PresentedClient } from '../../common/host/authorization-server.js';
import { AuthRoutes } from '../../common/http/auth-routes.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ClientAssertionVerifier, claimedClient } from './client-assertion.verifier.js';
import { ClientDirectory, type KnownClient } from './client-directory.js';
import { ClientGuesses } from './client-guesses.js';
import type { ClientRow } from './client.store.js';
import type { RegisteredClient } from './registered-client.js';

/** Stands in for the secret of a client that there is not: the comparison takes as long (T081). */
const NOBODY = Buffer.alloc(32);

/** Endpoints at which clients prove themselves. An assertion may be meant for the one it is sent to. */
export type ClientEndpoint = 'token' | 'introspect' | 'revoke';

/** Proves clients (RFC 6749 2.3, RFC 7523, OIDC Core 9). */
@Injectable()
export class ClientAuthenticator {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly assertions: ClientAssertionVerifier,
    private readonly guesses: ClientGuesses,
    private readonly routes: AuthRoutes,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @throws AuthError 401 `invalid_client`, one answer whatever the reason; 429 after too many of them */
  async authenticate(presented: PresentedClient, endpoint: ClientEndpoint = 'token'): Promise<RegisteredClient> {
    const clientId = presented.method === 'client_assertion' ? nameOf(presented) : presented.clientId;
    await this.guesses.check(clientId);
    const known = clientId === null ? null : await this.directory.findWithSecrets(clientId);
    const fault = await this.faultOf(presented, known, endpoint);
    if (known && fault === null) return known.client;
    await this.guesses.count(clientId);
    throw AuthError.invalidClient(
      known ? `client ${clientId}: ${fault}` : 'unknown client',
      presented.method === 'client_secret_basic',
    );
  }

  /** @returns what is wrong, for the log; null: it is proven */
  private async faultOf(
    presented: PresentedClient,
    known: KnownClient | null,
    endpoint: ClientEndpoint,
  ): Promise<string | null> {
    if (presented.method === 'client_assertion')
      return known && this.assertions.faultOf(presented.assertion, known, methodsOf(known), this.namesOf(endpoint));
    const isProven = presented.method === 'none' || matchesSecret(known?.row ?? null, presented.secret);
    const isTaken = known !== null && methodsOf(known).includes(presented.method);
    return isProven && isTaken ? null : `wrong secret or method ${presented.method}`;
  }

  /** What an assertion may call this server (RFC 7523 3, OIDC Core 9). */
  private namesOf(endpoint: ClientEndpoint): string[] {
    const { issuer } = this.settings;
    const paths = [...new Set<ClientEndpoint>(['token', endpoint])];
    return [
      issuer,
      ...paths.flatMap((path) => ['oauth2', 'oauth'].map((folder) => this.routes.urlOf(`/${folder}/${path}`, 'POST'))),
    ];
  }
}

/** `client_id` of the form if there is one; the assertion must agree with it. */
function nameOf(presented: Extract<PresentedClient, { method: 'client_assertion' }>): string | null {
  return presented.clientId ?? claimedClient(presented.assertion);
}

function methodsOf({ client }: KnownClient): ClientAuthMethod[] {
  return [client.metadata.token_endpoint_auth_method, ...client.policy.furtherAuthMethods];
}

/** The current secret, or the one before it while both live. */
function matchesSecret(row: ClientRow | null, secret: string): boolean {
  const given = digestToBytes(sha256(secret));
  const current = timingSafeEqual(given, row?.secret_hash ?? NOBODY) && row?.secret_live === true;
  const previous = timingSafeEqual(given, row?.previous_secret_hash ?? NOBODY) && row?.previous_secret_live === true;
  return current || previous;
}
