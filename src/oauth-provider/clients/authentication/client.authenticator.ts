import { Inject, Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { digestToBytes, sha256 } from '../../../common/crypto.js';
import { AuthError } from '../../../common/errors/auth-error.js';
import type { ClientAuthMethod, PresentedClient } from '../../../common/ports/authorization-server.js';
import { AuthEvents } from '../../../common/events/auth-events.js';
import { AuthContext } from '../../../common/ports/auth-context.js';
import { AuthRoutes } from '../../../common/http/routes/auth-routes.js';
import { oauthPaths } from '../../../common/http/routes/oauth-endpoint.decorator.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { ClientAssertionVerifier, claimedClient } from './client-assertion.verifier.js';
import { ClientDirectory, type KnownClient } from '../client.directory.js';
import { ClientGuesses } from './client-guesses.js';
import '../client.events.js';
import type { ClientRow } from '../client.store.js';
import type { RegisteredClient } from '../metadata/registered-client.js';

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
    const clientId = idOf(presented);
    const faults: string[] = [];
    for await (const one of this.tries(presented)) {
      try {
        const client = await this.proven(one, endpoint);
        if (isGuessable(one.reading)) await this.guesses.check(clientId);
        return client;
      } catch (error) {
        faults.push(faultIn(error));
      }
    }
    const reason = faults[0]!;
    this.events.emit('oauth-client.authentication-failed', {
      clientId,
      endpoint,
      method: presented.method,
      ipAddress: AuthContext.requestContext?.address() ?? null,
      reason,
    });
    // However many tries: what is counted is how often somebody asks.
    await this.guesses.count(clientId);
    throw AuthError.invalidClient(`client ${JSON.stringify(clientId)}: ${reason}`, isInHeader(presented));
  }

  /**
   * Each reading against memory, then once more against the row. What was in memory may be old, another process may have changed it;
   * and a wrong guess costs the same for every name.
   */
  private async *tries(presented: PresentedClient): AsyncGenerator<Try> {
    for (const reading of readingsOf(presented)) {
      const clientId = idOf(reading);
      const recalled = clientId === null ? undefined : this.directory.recall(clientId);
      if (recalled) yield { reading, known: recalled };
      yield { reading, known: clientId === null ? null : await this.directory.reload(clientId) };
    }
  }

  /** @throws AuthError 401 `invalid_client`, whose detail is what is wrong */
  private async proven({ reading, known }: Try, endpoint: ClientEndpoint): Promise<RegisteredClient> {
    // First, so that it takes as long where there is no client (T081).
    const secretFault = 'secret' in reading ? secretFaultOf(known?.row ?? null, reading.secret) : null;
    if (!known) throw AuthError.invalidClient('unknown or disabled');
    const methods = methodsOf(known);
    if (reading.method === 'client_assertion')
      await this.assertions.verify(reading.assertion, known, methods, this.namesOf(endpoint));
    else if (!methods.includes(reading.method)) throw AuthError.invalidClient(notOf(methods, reading));
    if (secretFault !== null) throw AuthError.invalidClient(secretFault);
    return known.client;
  }

  /** What an assertion may call this server (RFC 7523 3, OIDC Core 9). */
  private namesOf(endpoint: ClientEndpoint): string[] {
    const { issuer } = this.settings;
    return [issuer, ...oauthPaths('token', endpoint).map((path) => this.routes.urlOf(`/${path}`, 'POST'))];
  }
}

/** One way to read what was presented, and the client as one place knows it. */
interface Try {
  readonly reading: PresentedClient;
  readonly known: KnownClient | null;
}

/** What is wrong. @throws what says nothing about the client: a database that cannot answer, a counter that is full */
function faultIn(error: unknown): string {
  if (error instanceof AuthError && error.error === 'invalid_client') return error.detail!;
  throw error;
}

function notOf(methods: readonly string[], reading: PresentedClient): string {
  return `it presented itself by ${reading.method}${isInHeader(reading) ? ' in the header' : ''}, its methods are ${methods.join(', ')}`;
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
