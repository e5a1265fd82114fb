import { choice, given, hook, scopes, texts } from '../common/options/option.js';
import type { OptionsOf } from '../common/options/read-options.js';
import type { Client } from '../common/ports/authorization-server.js';
import type { SubjectToken } from '../common/ports/subject-token.js';
import type { IdentityAssertionsOptions } from './identity-assertion.options.js';
import type { Actor } from '../common/principal/actor.js';

/** Kinds of token that can be exchanged for access tokens. */
export const EXCHANGED_TYPES = ['access_token', 'id_token', 'api_key', 'jwt'] as const;
export type ExchangedType = (typeof EXCHANGED_TYPES)[number];

/**
 * How the client acts. `delegation`: in the user's name, and says so (`act`). `impersonation`: as the user, and only its `client_id` tells
 * (RFC 8693 1.1).
 */
export const EXCHANGE_MODES = ['delegation', 'impersonation'] as const;
export type ExchangeMode = (typeof EXCHANGE_MODES)[number];

/** What one client may exchange, and for what. */
export interface ExchangeRuleOptions {
  /**
   * Kinds of token that it may present: `access_token`, `id_token`, `api_key`, or `jwt`, which is a JWT of a session. Default `access_token`.
   */
  readonly subjectTokenTypes?: readonly ExchangedType[];
  /** Addresses of `resources` that it may get tokens for; also the issuer. */
  readonly targets: readonly string[];
  /**
   * Scopes that these may have at most. They never have one that the subject token lacks or that the target does not take. Without `openid`
   * and `offline_access`: they are for the client that the user has met.
   */
  readonly scopes: readonly string[];
  /** Whether its tokens say that it acts: `delegation` or `impersonation`. Default `delegation`. */
  readonly mode?: ExchangeMode;
  /** Ids of other clients that may act in its place, each by an access token of its own (`actor_token`). Default: none. */
  readonly actors?: readonly string[];
}

/** What a subject token says (RFC 8693 1.1), to the host's policy. */
export type ExchangedToken = Omit<SubjectToken, 'holding' | 'spend' | 'sourceId' | 'familyId'>;

/** An exchange that is in order so far, as the host's policy sees it. No token is in it. */
export interface TokenExchange {
  /** Who asks. */
  readonly client: Client;
  /** Whether the option `clients` names the client; then its rule has been kept. */
  readonly hasRule: boolean;
  /** What the subject token says: whose it is (`subjectId`), to whom it was given (`clientId`), for what, how the user signed in … */
  readonly subject: ExchangedToken;
  /** Who would act: the client, or whoever its `actor_token` names, and who has acted before. */
  readonly actor: Actor;
  /** Whether an actor token names the actor. */
  readonly hasActorToken: boolean;
  /** What the new token would be for: addresses of `resources`. */
  readonly audience: readonly string[];
  /** The scopes that it would have. */
  readonly scopes: readonly string[];
  /** By the rule of the client; `delegation` without one. */
  readonly mode: ExchangeMode;
}

/** What the host's policy allows. */
export interface ExchangeDecision {
  /** Default: as in the question. */
  readonly mode?: ExchangeMode;
  /** Fewer scopes; others are left out, and none left is `invalid_scope`. Default: those of the question. */
  readonly scopes?: readonly string[];
}

/** @returns false refuses; throw an `AuthError` for another answer than `invalid_request` */
export type ExchangeHook = (
  exchange: TokenExchange,
) => boolean | ExchangeDecision | Promise<boolean | ExchangeDecision>;

/** Exchange of tokens (RFC 8693): a service acts for a user at the next service. */
export interface TokenExchangeOptions {
  /**
   * What each client may exchange, by its id. The client is confidential, and has the grant type
   * `urn:ietf:params:oauth:grant-type:token-exchange` by the options or by administration. Default: none.
   */
  readonly clients?: Readonly<Record<string, ExchangeRuleOptions>>;
  /**
   * Has the last word on every exchange, and the only one where `clients` does not name the client. Default: what `clients` allows.
   */
  readonly authorize?: ExchangeHook;
  /**
   * Identity assertions (ID-JAG) for other authorization servers: which of their resources each client may be vouched for at. Default: none.
   */
  readonly identityAssertions?: IdentityAssertionsOptions;
}

export const TOKEN_EXCHANGE_OPTIONS = {
  clients: given<NonNullable<TokenExchangeOptions['clients']>>('block', {}),
  authorize: hook<ExchangeHook>(),
  identityAssertions: given<IdentityAssertionsOptions>('block'),
} satisfies OptionsOf<TokenExchangeOptions>;

export const EXCHANGE_RULE_OPTIONS = {
  subjectTokenTypes: given<readonly ExchangedType[]>('texts', ['access_token']),
  targets: given<readonly string[]>('texts'),
  scopes: scopes(),
  mode: choice(EXCHANGE_MODES, 'delegation'),
  actors: texts(),
} satisfies OptionsOf<ExchangeRuleOptions>;
