import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { Extensions } from '../../common/extensions.js';
import { TOKEN_EXCHANGE_GRANT, type Grant, type GrantRequest } from '../../common/grants/grant.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import type { PreparedTokens, TokenResponse } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';
import { TOKEN_TYPES, type SubjectToken } from '../../common/ports/subject-token.js';
import type { AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import { actClaim } from '../../common/principal/actor.js';
import { badSubjectToken, notAllowed, refusedScope } from '../policy/exchange-errors.js';
import { actorFor, detailsOf, scopesOf, targetsOf } from '../policy/exchange-rules.js';
import { EXCHANGE_MODES, type TokenExchange } from '../token-exchange.options.js';
import {
  HOOK_RULE,
  TOKEN_EXCHANGE_SETTINGS,
  type ExchangeRule,
  type TokenExchangeSettings,
} from '../token-exchange.settings.js';
import { PresentedTokens } from './presented-tokens.js';
import './token-exchange.events.js';

/** An exchange that may happen, and until when its token is good at most. */
interface Admitted extends TokenExchange {
  readonly subject: SubjectToken;
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly expiresBy: Date | null;
}

/**
 * A token for the next service, got by the token with which the client was called (RFC 8693). Nobody may do that unless the options or the host's
 * hook say so. What it gives ends with the token that it was got by, and never says or allows more (ADR 29).
 */
@Injectable()
export class TokenExchangeGrant implements Grant {
  readonly grantType = TOKEN_EXCHANGE_GRANT;
  readonly parameters = [
    'subject_token',
    'subject_token_type',
    'actor_token',
    'actor_token_type',
    'requested_token_type',
    'audience',
    'scope',
    'authorization_details',
  ];

  constructor(
    private readonly extensions: Extensions,
    private readonly ports: HostPorts,
    private readonly database: Database,
    private readonly presented: PresentedTokens,
    private readonly events: AuthEvents,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
    @Inject(TOKEN_EXCHANGE_SETTINGS) private readonly settings: TokenExchangeSettings,
  ) {}

  /** @throws AuthError 400 `invalid_request`, `invalid_target`, `invalid_scope`, `unauthorized_client` (RFC 8693 2.2.2) */
  async handle(request: GrantRequest): Promise<TokenResponse> {
    const { client, parameters } = request;
    const { requested_token_type: type = TOKEN_TYPES.accessToken } = parameters;
    // Whoever has found such a token could be a client without credentials.
    if (client.isPublic) throw mayNot('it is public');
    if (type === TOKEN_TYPES.accessToken) return this.exchange(request);
    const exchanger = this.extensions.tokenExchangers.find((one) => one.requestedTokenType === type);
    if (!exchanger) throw AuthError.invalidRequest('This requested_token_type is not offered');
    return exchanger.exchange(request);
  }

  private async exchange(request: GrantRequest): Promise<TokenResponse> {
    const rule = this.settings.rules.get(request.client.clientId) ?? (this.settings.authorize && HOOK_RULE);
    if (!rule) throw mayNot('tokenExchange names it nowhere');
    const exchange = await this.permitted(await this.examined(request, rule));
    const prepared = await this.prepared(request, exchange);
    const tokens = await this.stored(prepared, exchange.subject);
    const { client, subject, actor, mode, audience, scopes } = exchange;
    this.events.emit('tokens.exchanged', {
      clientId: client.clientId,
      subjectId: subject.subjectId,
      actorId: actor.subjectId,
      mode,
      subjectTokenType: subject.tokenType,
      subjectClientId: subject.clientId,
      audience,
      scopes,
      familyId: subject.familyId,
    });
    return { ...tokens, issued_token_type: TOKEN_TYPES.accessToken };
  }

  /** First what costs no statement; then the tokens; then what depends on them. */
  private async examined(request: GrantRequest, rule: ExchangeRule): Promise<Admitted> {
    const { client, parameters, resources, audiences } = request;
    const named = this.presented.named(request, rule);
    const targets = targetsOf([...resources, ...audiences], rule, this.core.resources);
    const subject = await this.presented.subject(named.subject, request);
    const actorToken = named.actor && (await this.presented.actor(named.actor, request));
    const ends = [subject, actorToken].flatMap((token) => token?.expiresAt ?? []);
    const server = this.ports.authorizationServer.get();
    const details = await server.authorizationDetailsFor(client, parameters['authorization_details']);
    return {
      client,
      hasRule: rule !== HOOK_RULE,
      subject,
      actor: actorFor(client, subject, actorToken, rule),
      hasActorToken: actorToken !== null,
      audience: targets.map(({ resource }) => resource),
      scopes: scopesOf(parameters['scope'], subject, targets, rule, server.scopes),
      authorizationDetails: detailsOf(details, subject, targets),
      mode: rule.mode,
      expiresBy: ends.length > 0 ? new Date(Math.min(...ends.map((end) => end.getTime()))) : null,
    };
  }

  /** @throws AuthError the host's veto */
  private async permitted(exchange: Admitted): Promise<Admitted> {
    const { authorize } = this.settings;
    if (!authorize) return exchange;
    const decision = await authorize(questionOf(exchange));
    // Whatever a hook in plain JavaScript gives back, only these two allow.
    if (decision !== true && (typeof decision !== 'object' || decision === null)) throw notAllowed('the hook says no');
    const { mode = exchange.mode, scopes = exchange.scopes } = decision === true ? {} : decision;
    if (!EXCHANGE_MODES.includes(mode)) throw notAllowed('the hook names no mode');
    if (mode === 'impersonation' && exchange.hasActorToken) throw notAllowed('an actor token, and nobody to be named');
    const left = exchange.scopes.filter((scope) => scopes.includes(scope));
    if (left.length === 0 && exchange.scopes.length > 0) throw refusedScope('the hook allows none of the scopes');
    return { ...exchange, mode, scopes: left };
  }

  private prepared(request: GrantRequest, exchange: Admitted): Promise<PreparedTokens> {
    const { subject, actor, mode, scopes, audience, authorizationDetails, expiresBy } = exchange;
    // Who has acted before is said in any case: an impersonation must not make a delegation look like the user.
    const acting = mode === 'delegation' ? actor : actor.actor;
    return this.ports.authorizationServer.get().prepare({
      client: request.client,
      subjectId: subject.subjectId,
      subjectKind: 'user',
      sessionId: subject.sessionId,
      source: this.grantType,
      sourceId: subject.sourceId,
      scopes,
      resources: audience,
      authorizationDetails,
      authenticatedAt: subject.authenticatedAt,
      actor: acting && actClaim(acting),
      joins: subject.familyId,
      expiresBy,
      sender: request.sender,
      signIn: subject.signIn,
      refreshable: false,
    });
  }

  /** @throws AuthError 400 `invalid_request` when the subject token has ended meanwhile */
  private async stored(prepared: PreparedTokens, subject: SubjectToken): Promise<TokenResponse> {
    const { holding } = subject;
    const run = prepared.isOneStatement ? 'single' : 'transaction';
    try {
      await subject.spend?.();
      const tokens = await this.database[run]((tx) => (holding ? prepared.store(tx, holding) : prepared.store(tx)));
      if (tokens === null) throw badSubjectToken('it has ended meanwhile');
      return tokens;
    } catch (error) {
      if (error instanceof AuthError && error.error === 'invalid_grant')
        throw badSubjectToken(error.detail ?? 'it has ended meanwhile');
      throw error;
    }
  }
}

/** What the host's hook is told: nothing of the inside. */
function questionOf(exchange: Admitted): TokenExchange {
  const { expiresBy: _expiresBy, authorizationDetails: _details, subject, ...question } = exchange;
  const { holding: _holding, spend: _spend, sourceId: _sourceId, familyId: _familyId, ...told } = subject;
  return Object.freeze({ ...question, subject: Object.freeze(told) });
}

function mayNot(detail: string): AuthError {
  return AuthError.oauth('unauthorized_client', 'This client may not exchange tokens', `token exchange: ${detail}`);
}
