import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { presentedClient } from '../../common/grants/client-authentication.js';
import { readForm, type OAuthForm } from '../../common/grants/oauth-form.js';
import { clientAuthentication } from '../../common/grants/oauth.schemas.js';
import { SenderProofs } from '../../common/grants/sender-proofs.js';
import { HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import type { KeyProof } from '../../common/ports/sender-proof.js';
import { AuthorizationRequestParser } from '../authorize/authorization-request.parser.js';
import { proveRedirect } from '../authorize/authorize.service.js';
import { requestUriOf } from '../authorize/request-reference.js';
import { WaitingAuthorizations } from '../authorize/waiting-authorizations.js';
import { ClientAuthenticator } from '../clients/authentication/client.authenticator.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { RequestObjects } from '../request-objects/request-objects.js';
import { requireAlgorithm } from '../token/sender-rules.js';
import { forPushing } from './pushed-request-errors.js';
import { boundToKey } from './pushed-request-key.js';

/** RFC 9126 2.2. */
export interface PushedRequest {
  readonly request_uri: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** What may stand beside a request object: it says everything else itself (RFC 9126 3). */
const BESIDE_OBJECT = new Set(['request', ...Object.keys(clientAuthentication)]);

/** Takes authorization requests from clients themselves (RFC 9126 2). */
@Injectable()
export class PushedRequests {
  constructor(
    private readonly clients: ClientAuthenticator,
    private readonly requestObjects: RequestObjects,
    private readonly parser: AuthorizationRequestParser,
    private readonly waiting: WaitingAuthorizations,
    private readonly proofs: SenderProofs,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * The client proves itself; then the request is judged as the authorization endpoint would, but for what needs a user. The row is written
   * when every check has passed.
   * @throws AuthError in the form of the token endpoint (RFC 9126 2.3)
   */
  async push(request: GuardedRequest): Promise<HttpReply<PushedRequest>> {
    const form = readForm(request.body, ['resource']);
    const { key, nonce } = await this.proofs.of(request);
    const client = await this.clients.authenticate(presentedClient(request.headers, form.parameters), 'par');
    requireProven(client);
    requireAlone(form);
    requireAlgorithm(client.rules, key);
    const { parameters, lifetimeSeconds } = await this.read(form, client, key).catch(forPushing);
    await key?.spend();
    const { handle } = await this.waiting.push({ client, parameters }, lifetimeSeconds);
    const reply = new HttpReply({ request_uri: requestUriOf(handle), expires_in: lifetimeSeconds });
    return nonce === null ? reply : reply.header('DPoP-Nonce', nonce);
  }

  private async read(form: OAuthForm, client: RegisteredClient, key: KeyProof | null) {
    const resolved = await this.requestObjects.resolve(form, client);
    const parsed = await this.parser.parse(resolved, client, proveRedirect(resolved, client));
    const parameters = boundToKey(parsed, key?.thumbprint ?? null);
    return { parameters, lifetimeSeconds: this.lifetimeOf(resolved.expiresAtSeconds) };
  }

  /** Not beyond the end of the object, which is not before now but for what clocks may differ. */
  private lifetimeOf(objectExpiresAt: number | undefined): number {
    const { pushedRequestTtlSeconds } = this.settings;
    if (objectExpiresAt === undefined) return pushedRequestTtlSeconds;
    return Math.max(1, Math.min(pushedRequestTtlSeconds, Math.floor(objectExpiresAt) - this.clock.epochSeconds()));
  }
}

/** FAPI 2.0 Security Profile 5.3.2.1-3, 5.3.2.2-3. */
function requireProven({ clientId, isPublic, rules }: RegisteredClient): void {
  if (isPublic && rules.profile !== null) throw AuthError.invalidClient(`client ${JSON.stringify(clientId)} is public`);
}

function requireAlone({ parameters, repeated }: OAuthForm): void {
  if (parameters['request_uri'] !== undefined)
    throw AuthError.invalidRequest('request_uri cannot be pushed (RFC 9126 2.1)');
  if (parameters['request'] === undefined) return;
  const given = [...Object.keys(parameters), ...Object.keys(repeated).filter((name) => repeated[name]!.length > 0)];
  if (given.some((name) => !BESIDE_OBJECT.has(name)))
    throw AuthError.invalidRequest('Beside request stands client authentication alone (RFC 9126 3)');
}
