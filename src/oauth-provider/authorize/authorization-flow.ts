import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { ConsentStore, covers, type Granted } from '../consent/consent.store.js';
import { skipsConsent } from '../consent/skips-consent.js';
import { remembersConsent } from '../consent/remembers-consent.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { AuthorizationCodes } from '../codes/authorization-codes.js';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';
import { AuthorizationRequestStore, type AuthorizationRequestRow } from './authorization-request.store.js';
import { codeResponse, errorResponse, type AuthorizationResult } from './authorization-response.js';
import { namedClaims } from '../claims/claims-parameter.js';
import type { BrowserUser } from '../codes/authorization-parameters.js';
import { vetoOf } from './host-veto.js';
import { nextStep, type InteractionStep } from './interaction-step.js';
import { BrowserUsers } from './browser-users.js';
import { InteractionUrls } from './interaction-urls.js';
import { answeredBefore, notAsked, refusedByUser, unmetRequirements } from './request-errors.js';
import { Strengths } from './strengths.js';
import { WaitingAuthorizations } from './waiting-authorizations.js';

/** Names the waiting request for a consent page of the host that sends no `consent_code` (better-auth's older, cookie-based flow). */
export const CONSENT_COOKIE = 'oidc_consent_prompt';

/** A request to be decided: one that has just arrived, or one that has waited. */
export interface PendingAuthorization {
  readonly client: RegisteredClient;
  readonly parameters: AuthorizationParameters;
  readonly waiting: { readonly handle: string; readonly row: AuthorizationRequestRow } | null;
  /** A browser has just come with it, although it is stored: it was pushed. */
  readonly wasPushed?: true;
}

const DESCRIPTIONS = {
  login_required: 'The user has to sign in',
  consent_required: 'The user has to agree',
} as const;

/** Takes an authorization to its next step: a page, a code, or a refusal (OIDC Core 3.1.2). */
@Injectable()
export class AuthorizationFlow {
  constructor(
    private readonly database: Database,
    private readonly requests: AuthorizationRequestStore,
    private readonly waiting: WaitingAuthorizations,
    private readonly codes: AuthorizationCodes,
    private readonly consents: ConsentStore,
    private readonly users: BrowserUsers,
    private readonly strengths: Strengths,
    private readonly urls: InteractionUrls,
    private readonly cookies: AuthCookies,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @param principal the browser's session. @throws AuthError 429 when too many requests from one address had to wait */
  async advance(pending: PendingAuthorization, principal: AuthPrincipal | null): Promise<AuthorizationResult> {
    const user = this.users.of(pending.client, principal);
    return this.take(pending, user, await this.mayBeConsented(pending, user));
  }

  private async take(
    pending: PendingAuthorization,
    user: BrowserUser | null,
    consents: boolean,
  ): Promise<AuthorizationResult> {
    const step = this.stepOf(pending, user, consents);
    // Null: no consent covers the request, so the user is asked.
    if (step === 'code') return (await this.grant(pending, user!)) ?? this.take(pending, user, false);
    if (step === 'login_required' || step === 'consent_required')
      return this.refuse(pending, AuthError.oauth(step, DESCRIPTIONS[step]));
    const waiting = pending.waiting ?? (await this.waiting.store(pending, user !== null));
    // From here on only this session may answer (T062).
    if (step === 'consent') await this.requests.ask(waiting.row.id, user!.sessionId, this.settings.requestTtlSeconds);
    if (step === 'step_up') return this.raise({ ...pending, waiting }, user!);
    const { client, parameters } = pending;
    const { handle } = waiting;
    // Only its first page: after that the language may be one that the user has chosen there.
    const locales = pending.waiting && !pending.wasPushed ? undefined : parameters.uiLocales;
    const url = this.urls.of(step, { handle, clientId: client.clientId, parameters, locales });
    if (step !== 'consent' || this.settings.pages.consent === null) return { kind: 'interaction', url };
    const cookie = this.cookies.write(CONSENT_COOKIE, handle, this.settings.requestTtlSeconds);
    return { kind: 'interaction', url, cookie };
  }

  /** To where this user adds what is missing to their sign-in, without the rest of it once more; a second sign-in in vain is not asked for. */
  private async raise(
    pending: PendingAuthorization & { readonly waiting: object },
    user: BrowserUser,
  ): Promise<AuthorizationResult> {
    const { client, parameters, waiting } = pending;
    const { handle } = waiting;
    const wanted = parameters.acr!;
    const page = await this.strengths.pageFor(user, wanted, this.urls.resume(handle));
    if (page !== null) return { kind: 'interaction', url: page };
    const { opened_at: since } = waiting.row;
    const hasSignedIn = since !== null && user.authenticatedAt > since;
    if (hasSignedIn || !this.strengths.canBeHadAtSignIn(wanted)) return this.refuse(pending, unmetRequirements());
    return { kind: 'interaction', url: this.urls.of('sign_in', { handle, clientId: client.clientId, parameters }) };
  }

  /**
   * Stores a request until a page or a navigation resumes it.
   * @returns the address that resumes it
   * @throws AuthError 429
   */
  async postpone(pending: PendingAuthorization): Promise<AuthorizationResult> {
    const { handle } = pending.waiting ?? (await this.waiting.store(pending, false));
    return { kind: 'interaction', url: this.urls.resume(handle, pending.parameters.uiLocales) };
  }

  /** To the address that goes on with a request that waits. */
  toResume(handle: string): AuthorizationResult {
    return { kind: 'interaction', url: this.urls.resume(handle) };
  }

  /** The user has refused. */
  denied(pending: PendingAuthorization): AuthorizationResult {
    return this.response(pending, refusedByUser());
  }

  askForAccount({
    client,
    parameters,
    waiting,
  }: PendingAuthorization & { readonly waiting: object }): AuthorizationResult {
    const request = { handle: waiting.handle, clientId: client.clientId, parameters };
    return { kind: 'interaction', url: this.urls.of('select_account', request) };
  }

  /**
   * The user has answered the consent page. The consent is stored in one transaction with the code.
   * @param granted scopes; null: the user refuses
   * @throws AuthError 403 when the request was answered before, or another session was asked (T062, T063)
   */
  async decide(
    pending: PendingAuthorization & { readonly waiting: object },
    user: BrowserUser,
    granted: readonly string[] | null,
  ): Promise<AuthorizationResult> {
    const { client, waiting } = pending;
    // Their sign-in has become a weaker one since they were asked.
    if (granted && !this.strengths.isReached(user, pending.parameters.acr)) return this.toResume(waiting.handle);
    const parameters = { ...pending.parameters, scopes: granted ?? [] };
    const refusal = granted === null ? refusedByUser() : await vetoOf(this.settings, client, user, granted);
    const code = await this.database.transaction(async (tx) => {
      if (!(await this.requests.answer(tx, waiting.row.id, user.sessionId))) throw notAsked();
      if (refusal !== null) return null;
      await this.consents.grant(tx, user.subjectId, client.clientId, askedOf(parameters));
      return this.codes.issue(tx, client, parameters, user, false);
    });
    if (code === null) return this.response(pending, refusal!);
    return { kind: 'response', response: codeResponse({ client, parameters }, code) };
  }

  /**
   * Whether a remembered consent may answer the request. Whether it does, the statement that makes the code says. It is read before only
   * where more hangs on it than the code: the host is asked for a veto on what the user has consented to, and on nothing else, and a request
   * that has waited is spent in a transaction.
   */
  private async mayBeConsented(
    { client, parameters, waiting }: PendingAuthorization,
    user: BrowserUser | null,
  ): Promise<boolean> {
    if (
      user === null ||
      skipsConsent(client, this.settings) ||
      !remembersConsent(client, parameters.redirectUri, this.settings)
    )
      return false;
    if (waiting === null && this.settings.hooks.beforeAuthorization === undefined) return true;
    return covers(await this.consents.find(user.subjectId, client.clientId), askedOf(parameters));
  }

  private stepOf(
    { client, parameters, waiting }: PendingAuthorization,
    user: BrowserUser | null,
    consents: boolean,
  ): InteractionStep {
    return nextStep({
      parameters,
      user,
      isStrongEnough: user !== null && this.strengths.isReached(user, parameters.acr),
      waitingSince: waiting?.row.opened_at ?? null,
      selectedSessionId: waiting?.row.selected_session_id ?? null,
      consents,
      skipsConsent: skipsConsent(client, this.settings),
      now: this.clock.now(),
    });
  }

  /**
   * Makes the code without asking the user. A request that has waited is spent in the same transaction.
   * @returns null when it needs a consent and none covers it; then nothing was written
   */
  private async grant(pending: PendingAuthorization, user: BrowserUser): Promise<AuthorizationResult | null> {
    const { client, parameters, waiting } = pending;
    const veto = await vetoOf(this.settings, client, user, parameters.scopes);
    if (veto) return this.refuse(pending, veto);
    const needsConsent = !skipsConsent(client, this.settings);
    const code = waiting
      ? await this.database.transaction(async (tx) => {
          const issued = await this.codes.issue(tx, client, parameters, user, needsConsent);
          if (issued !== null && !(await this.requests.answer(tx, waiting.row.id, null))) throw answeredBefore();
          return issued;
        })
      : await this.codes.issue(this.database, client, parameters, user, needsConsent);
    if (code === null) return null;
    return { kind: 'response', response: codeResponse(pending, code) };
  }

  private async refuse(pending: PendingAuthorization, error: AuthError): Promise<AuthorizationResult> {
    await this.spend(pending);
    return this.response(pending, error);
  }

  /** Before an error goes out. A request that has not waited needs it not. @throws AuthError 400 when it was answered before */
  async spend({ waiting }: PendingAuthorization): Promise<void> {
    if (!waiting) return;
    await this.database.transaction(async (tx) => {
      if (!(await this.requests.answer(tx, waiting.row.id, null))) throw answeredBefore();
    });
  }

  private response(pending: PendingAuthorization, error: AuthError): AuthorizationResult {
    return { kind: 'response', response: errorResponse(pending, error) };
  }
}

/** What the user must have granted for this request. */
export function askedOf({ scopes, resources, claims }: AuthorizationParameters): Granted {
  return { scopes, resources, claims: namedClaims(claims) };
}
