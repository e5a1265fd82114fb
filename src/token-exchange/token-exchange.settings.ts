import type { CoreSettings } from '../common/options/core-options.js';
import { requireChoice } from '../common/options/option.js';
import { readOptions } from '../common/options/read-options.js';
import { TOKEN_TYPES } from '../common/ports/subject-token.js';
import { resolveIdentityAssertions, type IdentityAssertionsSettings } from './identity-assertion.settings.js';
import {
  EXCHANGED_TYPES,
  EXCHANGE_RULE_OPTIONS,
  TOKEN_EXCHANGE_OPTIONS,
  type ExchangedType,
  type ExchangeHook,
  type ExchangeMode,
  type ExchangeRuleOptions,
  type TokenExchange,
  type TokenExchangeOptions,
} from './token-exchange.options.js';

/** What a client may exchange. Null: what the host's hook allows. */
export interface ExchangeRule {
  /** As token exchange names them (RFC 8693 3). */
  readonly subjectTokenTypes: ReadonlySet<string>;
  readonly targets: ReadonlySet<string> | null;
  readonly scopes: ReadonlySet<string> | null;
  readonly mode: ExchangeMode;
  readonly actors: ReadonlySet<string> | null;
}

export interface TokenExchangeSettings {
  readonly rules: ReadonlyMap<string, ExchangeRule>;
  readonly authorize: ExchangeHook | null;
  /** Null: not offered. */
  readonly identityAssertions: IdentityAssertionsSettings | null;
}

export const TOKEN_EXCHANGE_SETTINGS = Symbol('nest-authority:token-exchange-settings');

const TYPES: Readonly<Record<ExchangedType, string>> = {
  access_token: TOKEN_TYPES.accessToken,
  id_token: TOKEN_TYPES.idToken,
  api_key: TOKEN_TYPES.apiKey,
  jwt: TOKEN_TYPES.jwt,
};
/** They tell of the user, or outlive their sign-in: for the client that the user has met, and never handed on. */
export const NEVER_EXCHANGED: ReadonlySet<string> = new Set(['openid', 'offline_access']);

/** For clients that only the host's hook knows. */
export const HOOK_RULE: ExchangeRule = Object.freeze({
  subjectTokenTypes: new Set(Object.values(TYPES)),
  targets: null,
  scopes: null,
  mode: 'delegation',
  actors: null,
});

/** @throws Error with option and remedy; stops the boot */
export function resolveTokenExchangeOptions(
  options: TokenExchangeOptions | undefined,
  core: Pick<CoreSettings, 'resources' | 'issuer' | 'acr'>,
): TokenExchangeSettings {
  const { clients, authorize, identityAssertions } = readOptions('tokenExchange', options, TOKEN_EXCHANGE_OPTIONS);
  const rules = Object.entries(clients).map(
    ([clientId, rule]) =>
      [clientId, resolveRule(rule, `tokenExchange.clients[${JSON.stringify(clientId)}]`, core)] as const,
  );
  return Object.freeze({
    rules: new Map(rules),
    authorize: authorize && ((exchange: TokenExchange) => options!.authorize!(exchange)),
    identityAssertions: identityAssertions && resolveIdentityAssertions(identityAssertions, core),
  });
}

function resolveRule(
  options: ExchangeRuleOptions,
  option: string,
  { resources }: Pick<CoreSettings, 'resources'>,
): ExchangeRule {
  const { subjectTokenTypes, targets, scopes, mode, actors } = readOptions(option, options, EXCHANGE_RULE_OPTIONS);
  const types = subjectTokenTypes.map(
    (one) => TYPES[requireChoice(`${option}.subjectTokenTypes`, one, EXCHANGED_TYPES)],
  );
  if (!targets?.length)
    throw new Error(`${option}.targets: there is none, so nothing could be exchanged. Name addresses of resources.`);
  const known = targets.map((target) => {
    const resource = resources.find(target)?.resource;
    if (resource === undefined)
      throw new Error(`${option}.targets: ${JSON.stringify(target)} is not a resource. Add it to resources.`);
    return resource;
  });
  if (!scopes) throw new Error(`${option}.scopes is missing. Name those that may be handed on; [] for none.`);
  const refused = scopes.find((scope) => NEVER_EXCHANGED.has(scope));
  if (refused) throw new Error(`${option}.scopes: "${refused}" is never handed on. Leave it out.`);
  if (mode === 'impersonation' && actors.length > 0)
    throw new Error(`${option}.actors: nobody is named as the actor in the mode impersonation. Leave one of them out.`);
  return Object.freeze({
    subjectTokenTypes: new Set(types),
    targets: new Set(known),
    scopes: new Set(scopes),
    mode,
    actors: new Set(actors),
  });
}
