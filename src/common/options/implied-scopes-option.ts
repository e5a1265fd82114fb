import { impliedScopesOf, type ImpliedScopes } from '../principal/implied-scopes.js';
import { requireKind } from './option-kinds.js';
import { requireScopes, type Option } from './option.js';

/** Which scopes contain others: lists by scope. */
export function impliedScopes(): Option<Readonly<Record<string, readonly string[]>>, ImpliedScopes | null> {
  return {
    kinds: ['block'],
    fallback: {},
    read: (given, option) => {
      requireScopes(option, Object.keys(given));
      for (const [scope, implied] of Object.entries(given)) {
        requireKind(`${option}[${JSON.stringify(scope)}]`, implied, ['texts']);
        requireScopes(`${option}[${JSON.stringify(scope)}]`, implied);
      }
      return impliedScopesOf(option, given);
    },
  };
}
