import { Inject, Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { ClientAuthMethod, PresentedClient } from '../../common/host/authorization-server.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { AuthContext } from '../../common/host/auth-context.js';
import { AuthRoutes } from '../../common/http/auth-routes.js';
import { oauthPaths } from '../../common/http/oauth-endpoint.decorator.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ClientAssertionVerifier, claimedClient } from './client-assertion.verifier.js';
import { ClientDirectory, type KnownClient } from './client-directory.js';
import { ClientGuesses } from './client-guesses.js';
import './client.events.js';
import type { ClientRow } from './client.store.js';
import type { RegisteredClient } from './registered-client.js';

/** Fewer characters than these are not trusted to hold 256 bits, or anything near: who asks often enough finds them. */
const UNGUESSABLE_CHARACTERS = 32;

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
    private readonly events: AuthEvents,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * The credential is looked at whatever others have guessed: one that is right passes, unless it is short enough to be guessed itself.
   * Only failures are counted (T081).
   * @throws AuthError 401 `invalid_client`, one answer whatever the reason; 429 after too many of them
   */
  async authenticate(presented: PresentedClient, endpoint: ClientEndpoint = 'token'): Promise<RegisteredClient> {
    const attempt = () => this.attempt(presented, endpoint);
    return readingsOf(presented).some(isGuessable) ? this.guesses.inTurn(idOf(presented), attempt) : attempt();
  }

  private async attempt(presented: PresentedClient, endpoint: ClientEndpoint): Promise<RegisteredClient> {
    const faults: string[] = [];
    for (const reading of readingsOf(presented)) {
      const verdict = await this.judge(reading, endpoint);
      if (typeof verdict !== 'string') {
        if (isGuessable(reading)) await this.guesses.check(idOf(presented));
        return verdict;
      }
      faults.push(verdict);
    }
    const clientId = idOf(presented);
    const reason = faults[0]!;
    this.events.emit('oauth-client.authentication-failed', {
      clientId,
      endpoint,
      method: presented.method,
      ipAddress: AuthContext.scope?.address() ?? null,
      reason,
    });
    // Two readings are one try: what is counted is how often somebody asks.
    await this.guesses.count(clientId);
    throw AuthError.invalidClient(`client ${JSON.stringify(clientId)}: ${reason}`, isInHeader(presented));
  }

  /** @returns the client, or why it is not proven */
  private async judge(presented: PresentedClient, endpoint: ClientEndpoint): Promise<RegisteredClient | string> {
    const clientId = idOf(presented);
    const recalled = clientId === null ? undefined : this.directory.recall(clientId);
    if (recalled && (await this.faultOf(presented, recalled, endpoint)) === null) return recalled.client;
    // What was in memory may be old, another process may have changed it; and a wrong guess costs the same for every name.
    const known = clientId === null ? null : await this.directory.reload(clientId);
    const fault = await this.faultOf(presented, known, endpoint);
    return known && fault === null ? known.client : (fault ?? 'unknown or disabled');
  }

  /** @returns what is wrong, for the log; null: it is proven, if there is such a client */
  private async faultOf(
    presented: PresentedClient,
    known: KnownClient | null,
    endpoint: ClientEndpoint,
  ): Promise<string | null> {
    const { method } = presented;
    if (method === 'client_assertion')
      return known && this.assertions.faultOf(presented.assertion, known, methodsOf(known), this.namesOf(endpoint));
    const secretFault = method === 'none' ? null : secretFaultOf(known?.row ?? null, presented.secret);
    if (!known) return null;
    const methods = methodsOf(known);
    if (!methods.includes(method))
      return `it presented itself by ${method}${isInHeader(presented) ? ' in the header' : ''}, its methods are ${methods.join(', ')}`;
    return secretFault;
  }

  /** What an assertion may call this server (RFC 7523 3, OIDC Core 9). */
  private namesOf(endpoint: ClientEndpoint): string[] {
    const { issuer } = this.settings;
    return [issuer, ...oauthPaths('token', endpoint).map((path) => this.routes.urlOf(`/${path}`, 'POST'))];
  }
}

/** A header of Basic may be read in two ways. */
function readingsOf(presented: PresentedClient): PresentedClient[] {
  if (presented.method === 'client_assertion' || !presented.asWritten) return [presented];
  const { clientId, secret } = presented.asWritten;
  const asWritten: PresentedClient =
    secret === ''
      ? { method: 'none', clientId, inHeader: true }
      : { method: 'client_secret_basic', clientId, secret, inHeader: true };
  return [presented, asWritten];
}

/** `client_id` of the form if there is one; an assertion must agree with it. */
function idOf(presented: PresentedClient): string | null {
  return presented.clientId ?? (presented.method === 'client_assertion' ? claimedClient(presented.assertion) : null);
}

function isGuessable(presented: PresentedClient): boolean {
  return 'secret' in presented && presented.secret.length < UNGUESSABLE_CHARACTERS;
}

function isInHeader(presented: PresentedClient): boolean {
  return presented.method !== 'client_assertion' && presented.inHeader === true;
}

function methodsOf({ client }: KnownClient): ClientAuthMethod[] {
  return [client.metadata.token_endpoint_auth_method, ...client.policy.furtherAuthMethods];
}

/** Of the current secret, and of the one before it while both live. @returns what is wrong, for the log; null: nothing */
function secretFaultOf(row: ClientRow | null, secret: string): string | null {
  const given = digestToBytes(sha256(secret));
  const isCurrent = timingSafeEqual(given, row?.secret_hash ?? NOBODY);
  const isPrevious = timingSafeEqual(given, row?.previous_secret_hash ?? NOBODY);
  if ((isCurrent && row?.secret_live === true) || (isPrevious && row?.previous_secret_live === true)) return null;
  return isCurrent || isPrevious ? 'its secret has expired' : 'wrong secret';
}
