import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { readForm, type OAuthForm } from '../../common/grants/oauth-form.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { registeredItself, type RegisteredClient } from '../clients/metadata/registered-client.js';
import { isSignedMode } from '../clients/metadata/response-modes.js';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { RequestObjects } from '../request-objects/request-objects.js';
import { AuthorizationFlow } from './authorization-flow.js';
import { AuthorizationRequestParser, expectedMode, type ProvenRedirect } from './authorization-request.parser.js';
import { AuthorizationRequestStore } from './authorization-request.store.js';
import { errorResponse, type AuthorizationResult, type ResponseTarget } from './authorization-response.js';
import { BrowserUsers } from './browser-users.js';
import { pushedHandleIn } from './request-reference.js';
import { canBeAnsweredAt, isRegistered } from './redirect-uri.js';
import { answeredBefore, isSpent } from './request-errors.js';
import { requireStillAllowed } from './still-allowed.js';
import { WaitingAuthorizations, type WaitingAuthorization } from './waiting-authorizations.js';

/** Parameters that name the client and say how to respond; while they are ambiguous, nothing is redirected. */
const ADDRESS: readonly string[] = ['client_id', 'redirect_uri', 'response_mode', 'state'];

interface ReadRequest {
  readonly form: OAuthForm;
  /** Sent to the client, once its redirect address is known. */
  readonly fault: AuthError | null;
}

/** The authorization endpoint (RFC 6749 3.1). */
@Injectable()
export class AuthorizeService {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly requestObjects: RequestObjects,
    private readonly parser: AuthorizationRequestParser,
    private readonly requests: AuthorizationRequestStore,
    private readonly waiting: WaitingAuthorizations,
    private readonly flow: AuthorizationFlow,
    private readonly users: BrowserUsers,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * Client and redirect address are checked first: until then the browser is not redirected (RFC 6749 4.1.2.1). After that every error goes
   * to the client. If the client registered itself and the user is unknown, a page asks the user before going on, except with `prompt=none`
   * (RFC 9700 4.11.2).
   * @param principal the browser's session; `unknown` when the request cannot tell (a form from another site brings no cookie)
   * @throws AuthError shown on the error page
   */
  async begin(source: unknown, principal: AuthPrincipal | null | 'unknown'): Promise<AuthorizationResult> {
    const { request_uri: requestUri, client_id: clientId } = (source ?? {}) as Record<string, unknown>;
    const handle = pushedHandleIn(requestUri);
    // Nothing else of what the browser sends is read (RFC 9126 4).
    if (handle !== null) return this.open(handle, readForm({ client_id: clientId }), principal);
    const read = readRequest(source);
    const client = await this.requireClient(read.form.parameters['client_id']);
    const resolved = read.fault ? read : await this.resolve(read.form, client);
    const redirect = proveRedirect(resolved.form, client);
    const { parameters: given } = resolved.form;
    const mode = given['response_mode'];
    // An object that cannot be trusted said how to respond, and a client that may wait for a signed response takes no other (JARM 2.4).
    if (resolved.fault && mode === undefined && isObject(given) && expectsSigned(client)) throw resolved.fault;
    const { redirectUri } = redirect;
    const answer = { redirectUri, responseMode: expectedMode(mode, client), state: given['state'] ?? null };
    const target: ResponseTarget = { client, parameters: answer };
    const isSilent = given['prompt'] === 'none';
    const isTrusted = isSilent || isKnown(principal) || !registeredItself(client);
    return this.respondingTo({ ...target, isTrusted }, async () => {
      if (resolved.fault) throw resolved.fault;
      const pending = { client, parameters: await this.parser.parse(resolved.form, client, redirect), waiting: null };
      return principal === 'unknown' ? this.flow.postpone(pending) : this.flow.advance(pending, principal);
    });
  }

  /** Goes on with a request that has waited. @throws AuthError shown on the error page */
  async resume(handle: string, principal: AuthPrincipal | null): Promise<AuthorizationResult> {
    return this.goOn(await this.waiting.find(handle), principal);
  }

  /** Goes on with a request that its client has pushed (RFC 9126 4). @throws AuthError shown on the error page */
  private async open(
    handle: string,
    { parameters }: OAuthForm,
    principal: AuthPrincipal | null | 'unknown',
  ): Promise<AuthorizationResult> {
    const client = await this.requireClient(parameters['client_id']);
    const opened = await this.waiting.open(handle, client, isKnown(principal));
    const pending = { ...opened, wasPushed: true } as const;
    return principal === 'unknown' ? this.flow.postpone(pending) : this.goOn(pending, principal);
  }

  private async goOn(pending: WaitingAuthorization, principal: AuthPrincipal | null): Promise<AuthorizationResult> {
    const { client, parameters } = pending;
    const isTrusted = isKnown(principal) || parameters.prompts.includes('none') || !registeredItself(client);
    return this.respondingTo({ ...pending, isTrusted }, async () => {
      await this.requireStillAllowed(pending);
      return this.flow.advance(pending, principal);
    });
  }

  /** A refusal is an answer: it spends the request. */
  private async requireStillAllowed(pending: WaitingAuthorization): Promise<void> {
    try {
      requireStillAllowed(pending.client, pending.parameters, this.settings);
    } catch (error) {
      await this.flow.spend(pending);
      throw error;
    }
  }

  /**
   * The user has picked the account that they are signed in with.
   * @param shownId id of the user that the page showed; null: the page does not say
   */
  async selectAccount(handle: string, principal: AuthPrincipal, shownId: string | null): Promise<AuthorizationResult> {
    const pending = await this.waiting.find(handle);
    const { waiting } = pending;
    // Another user has signed in since the page was shown: that user must pick, even if their sign-in could count as a choice.
    if (shownId !== null && shownId !== principal.subjectId) return this.flow.askForAccount(pending);
    if (!principal.sessionId || !(await this.requests.selectSession(waiting.row.id, principal.sessionId)))
      throw answeredBefore();
    return this.resume(handle, principal);
  }

  /**
   * The user's answer to the consent page.
   * @param answer its scopes are those that the user grants, among the ones asked for; null: all of them
   */
  async consent(
    handle: string,
    principal: AuthPrincipal,
    answer: { readonly accept: boolean; readonly scopes: readonly string[] | null },
  ): Promise<AuthorizationResult> {
    const pending = await this.waiting.find(handle);
    const user = this.users.of(pending.client, principal);
    if (!user) throw AuthError.unauthenticated();
    const asked = pending.parameters.scopes;
    const granted = answer.scopes ?? asked;
    if (!granted.every((scope) => asked.includes(scope)))
      throw AuthError.oauth('invalid_scope', 'More was granted than was asked for');
    return this.respondingTo({ ...pending, isTrusted: true }, () =>
      this.flow.decide(pending, user, answer.accept ? granted : null),
    );
  }

  /**
   * Begins a request again that this user has just answered; a consent that covers it makes the code.
   * @param prompts what they have still to be asked
   */
  beginAgain(
    { client, parameters }: WaitingAuthorization,
    principal: AuthPrincipal,
    prompts: AuthorizationParameters['prompts'],
  ): Promise<AuthorizationResult> {
    const again = { client, parameters: { ...parameters, prompts }, waiting: null };
    return this.respondingTo({ ...again, isTrusted: true }, () => this.flow.advance(again, principal));
  }

  private async requireClient(clientId: string | undefined): Promise<RegisteredClient> {
    if (clientId === undefined) throw AuthError.invalidRequest('client_id is missing');
    const client = await this.directory.findCurrent(clientId);
    if (!client) throw AuthError.oauth('invalid_client', 'There is no such client');
    return client;
  }

  /** When there is no valid request object, the plain parameters say where the error goes. */
  private async resolve(plain: OAuthForm, client: RegisteredClient): Promise<ReadRequest> {
    if (client.rules.requiresPushedRequests)
      return { form: plain, fault: AuthError.invalidRequest('This client has to push its requests (RFC 9126)') };
    try {
      return { form: await this.requestObjects.resolve(plain, client), fault: null };
    } catch (error) {
      if (error instanceof AuthError && error.status < 500) return { form: plain, fault: error };
      throw error;
    }
  }

  private async respondingTo(
    target: ResponseTarget & { readonly isTrusted: boolean },
    work: () => Promise<AuthorizationResult>,
  ): Promise<AuthorizationResult> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AuthError) || !isForClient(error)) throw error;
      const response = errorResponse(target, error);
      return target.isTrusted ? { kind: 'response', response } : { kind: 'error', error, response };
    }
  }
}

/**
 * A parameter that is repeated or not a text is reported to the client, like every other fault of its request (RFC 6749 4.1.2.1, T001).
 * @throws AuthError shown on the error page, when it is a parameter of `ADDRESS`
 */
function readRequest(source: unknown): ReadRequest {
  try {
    return { form: readForm(source, ['resource']), fault: null };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    const address = Object.entries((source ?? {}) as object).filter(([name]) => ADDRESS.includes(name));
    return { form: readForm(Object.fromEntries(address)), fault: error };
  }
}

/** @throws AuthError shown on the error page: an address that the client has not registered gets no redirect (T054, T055) */
export function proveRedirect({ parameters }: OAuthForm, client: RegisteredClient): ProvenRedirect {
  const given = parameters['redirect_uri'];
  const registered = client.metadata.redirect_uris;
  if (given !== undefined) {
    if (!isRegistered(given, client))
      throw AuthError.oauth('invalid_redirect', 'redirect_uri is not registered for this client');
    return { redirectUri: requireUsable(given), redirectUriGiven: true };
  }
  // RFC 6749 3.1.2.3: optional for a client with one address; OpenID Connect (Core 3.1.2.1) and FAPI 2.0 (5.3.2.2) always require it.
  const isOpenId = parameters['scope']?.split(' ').includes('openid') ?? false;
  const isFapi = client.rules.profile !== null;
  if (registered.length !== 1 || isOpenId || isFapi) throw AuthError.invalidRequest('redirect_uri is missing');
  return { redirectUri: requireUsable(registered[0]!), redirectUriGiven: false };
}

/** Checked here, because clients from the options are registered unchecked. */
function requireUsable(redirectUri: string): string {
  if (canBeAnsweredAt(redirectUri)) return redirectUri;
  throw AuthError.oauth('invalid_redirect', 'redirect_uri has a fragment, or a parameter of the response');
}

function isKnown(principal: AuthPrincipal | null | 'unknown'): boolean {
  return principal !== null && principal !== 'unknown';
}

/** RFC 6749 4.1.2.1 has no code for 429: the browser gets it directly, with `Retry-After`. */
function isForClient(error: AuthError): boolean {
  return error.status < 500 && error.status !== 429 && !isSpent(error);
}

function isObject({ request, request_uri: address }: OAuthForm['parameters']): boolean {
  return request !== undefined || address !== undefined;
}

/** Whether it has said that it takes signed responses, or may ask for nothing else. */
function expectsSigned({ metadata, rules }: RegisteredClient): boolean {
  return metadata.authorization_signed_response_alg !== undefined || rules.responseModes.every(isSignedMode);
}
