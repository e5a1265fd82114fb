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
import { certificateMethodIn, ClientCertificateVerifier } from './client-certificate.verifier.js';
import { WorkloadAssertionVerifier } from './workload-assertion.verifier.js';
import { ClientDirectory, type KnownClient } from '../client.directory.js';
import { ClientGuesses } from './client-guesses.js';
import type { DocumentNeed } from '../document-source.js';
import '../client.events.js';
import type { ClientRow } from '../client.store.js';
import type { RegisteredClient } from '../metadata/registered-client.js';

/** A shorter secret is not trusted to hold anything near 256 bits: enough attempts might find it. */
const UNGUESSABLE_CHARACTERS = 32;

/** Compared with when there is no such client, so that the comparison takes as long (T081). */
const NOBODY = Buffer.alloc(32);

/** Endpoints where clients authenticate. An assertion may name the one it is sent to as its audience. */
export type ClientEndpoint = 'token' | 'par' | 'introspect' | 'revoke';

/** Authenticates clients (RFC 6749 2.3, RFC 7523, OIDC Core 9, RFC 8705 2). */
@Injectable()
export class ClientAuthenticator {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly assertions: ClientAssertionVerifier,
    private readonly workloads: WorkloadAssertionVerifier,
    private readonly certificates: ClientCertificateVerifier,
    private readonly guesses: ClientGuesses,
    private readonly routes: AuthRoutes,
    private readonly events: AuthEvents,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * The credential is checked however often others have failed: a correct one passes, unless it is short enough to be guessed. Only
   * failures are counted (T081).
   * @param need whether the last good document of a client that publishes one will do
   * @throws AuthError 401 `invalid_client`, the same for every reason; 429 after too many failures; 400 `invalid_request` for a certificate
   *   that cannot be read
   */
  async authenticate(
    presented: PresentedClient,
    endpoint: ClientEndpoint = 'token',
    need: DocumentNeed = endpoint === 'par' ? 'current' : 'good',
  ): Promise<RegisteredClient> {
    const attempt = () => this.attempt(presented, endpoint, need);
    return readingsOf(presented).some(isGuessable) ? this.guesses.inTurn(idOf(presented), attempt) : attempt();
  }

  private async attempt(
    presented: PresentedClient,
    endpoint: ClientEndpoint,
    need: DocumentNeed,
  ): Promise<RegisteredClient> {
    const clientId = idOf(presented);
    /** Of each reading the last fault, which is that of the row: the cached client may be outdated. */
    const faults = new Map<PresentedClient, string>();
    const tried = async (reading: PresentedClient, known: KnownClient | null): Promise<RegisteredClient | null> => {
      try {
        const client = await this.proven(reading, known, endpoint);
        if (isGuessable(reading)) await this.guesses.check(clientId);
        return client;
      } catch (error) {
        faults.set(reading, faultIn(error));
        return null;
      }
    };
    for (const reading of readingsOf(presented)) {
      const id = idOf(reading);
      const recalled = id === null ? undefined : this.directory.recall(id);
      // Against the cache, then against the row: the cached client may be outdated, and a wrong guess must cost the same for every client id.
      const client =
        (recalled && (await tried(reading, recalled))) ??
        (await tried(reading, id === null ? null : await this.directory.renew(id, need)));
      if (client) return client;
    }
    const [reason = ''] = faults.values();
    this.events.emit('oauth-client.authentication-failed', {
      clientId,
      endpoint,
      method: presented.method,
      ipAddress: AuthContext.requestContext?.address() ?? null,
      reason,
    });
    // Once per request, however many tries it took.
    await this.guesses.count(clientId);
    throw AuthError.invalidClient(`client ${JSON.stringify(clientId)}: ${reason}`, isInHeader(presented));
  }

  /** @throws AuthError 401 `invalid_client`, whose detail is the fault */
  private async proven(
    reading: PresentedClient,
    known: KnownClient | null,
    endpoint: ClientEndpoint,
  ): Promise<RegisteredClient> {
    // First, so that an unknown client takes as long (T081).
    const secretFault = 'secret' in reading ? secretFaultOf(known?.row ?? null, reading.secret) : null;
    if (!known) throw AuthError.invalidClient('unknown or disabled');
    const methods = methodsOf(known);
    // RFC 8705 2: the request names the client, and says nothing else; the connection proves it.
    const byCertificate = reading.method === 'none' && !isInHeader(reading) && certificateMethodIn(methods);
    if (reading.method === 'client_assertion')
      await this.provenByAssertion(reading.assertion, known, methods, endpoint);
    else if (byCertificate) await this.certificates.verify(known.client.metadata, byCertificate);
    else if (!methods.includes(reading.method)) throw AuthError.invalidClient(notOf(methods, reading));
    if (secretFault !== null) throw AuthError.invalidClient(secretFault);
    return known.client;
  }

  /** One that the client has signed, or a token of the platform on which it runs. */
  private async provenByAssertion(
    assertion: string,
    known: KnownClient,
    methods: readonly ClientAuthMethod[],
    endpoint: ClientEndpoint,
  ): Promise<void> {
    const { client } = known;
    const audiences = this.namesOf(endpoint, client);
    if (!this.workloads.isMeant(assertion, client)) return this.assertions.verify(assertion, known, methods, audiences);
    const workload = await this.workloads.verify(assertion, client, audiences);
    const ipAddress = AuthContext.requestContext?.address() ?? null;
    this.events.emit('oauth-client.workload-authenticated', {
      clientId: client.clientId,
      ...workload,
      endpoint,
      ipAddress,
    });
  }

  /** The audiences by which an assertion of a client may name this server (RFC 7523 3, OIDC Core 9; RFC 7523bis: the issuer alone). */
  private namesOf(endpoint: ClientEndpoint, { rules }: RegisteredClient): string[] {
    const { issuer } = this.settings;
    if (rules.assertionAudience === 'issuer') return [issuer];
    return [issuer, ...oauthPaths('token', endpoint).map((path) => this.routes.urlOf(`/${path}`, 'POST'))];
  }
}

/** The client's fault, for the log. @throws every other error: a database that cannot answer, a counter that is full */
function faultIn(error: unknown): string {
  if (error instanceof AuthError && error.error === 'invalid_client') return error.detail!;
  throw error;
}

function notOf(methods: readonly string[], reading: PresentedClient): string {
  return `it presented itself by ${reading.method}${isInHeader(reading) ? ' in the header' : ''}, its methods are ${methods.join(', ')}`;
}

/** A Basic header can be read in two ways: decoded, and as written. */
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

/** Compares with the current secret, and with the previous one during an overlap. @returns the fault, for the log; null: none */
function secretFaultOf(row: ClientRow | null, secret: string): string | null {
  const given = digestToBytes(sha256(secret));
  const isCurrent = timingSafeEqual(given, row?.secret_hash ?? NOBODY);
  const isPrevious = timingSafeEqual(given, row?.previous_secret_hash ?? NOBODY);
  if ((isCurrent && row?.secret_live === true) || (isPrevious && row?.previous_secret_live === true)) return null;
  return isCurrent || isPrevious ? 'its secret has expired' : 'wrong secret';
}
