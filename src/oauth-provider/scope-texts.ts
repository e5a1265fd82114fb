import { requireBlock, requireKind } from '../common/options/option-kinds.js';
import { requireScopes } from '../common/options/option.js';
import { requireKnownKeys } from '../common/options/read-options.js';
import type { ScopeText, ScopeTexts } from '../common/ports/authorization-server.js';
import { requireHostText } from '../common/texts/host-text.js';

/** The names of a list of scopes, and the host's texts for them. @throws Error with option, fault and remedy */
export function readScopes(
  option: string,
  given: readonly string[] | Readonly<Record<string, ScopeText>>,
): { readonly scopes: readonly string[]; readonly scopeTexts: ScopeTexts } {
  if (Array.isArray(given)) return { scopes: requireScopes(option, given as readonly string[]), scopeTexts: new Map() };
  const texts = Object.entries(given as Readonly<Record<string, ScopeText>>);
  for (const [scope, words] of texts) requireScopeText(`${option}['${scope}']`, words);
  return {
    scopes: requireScopes(
      option,
      texts.map(([scope]) => scope),
    ),
    scopeTexts: new Map(texts),
  };
}

/** @throws Error when a sensitive scope is none of the offered ones: a slip of the pen would protect nothing */
export function requireOffered(sensitive: readonly string[], offered: readonly string[]): ReadonlySet<string> {
  const unknown = sensitive.find((scope) => !offered.includes(scope));
  if (unknown === undefined) return new Set(sensitive);
  throw new Error(
    `oauthProvider.sensitiveScopes: ${JSON.stringify(unknown)} is none of oauthProvider.scopes. Correct it, or add it there.`,
  );
}

function requireScopeText(option: string, words: ScopeText): void {
  requireBlock(option, words ?? null);
  requireKnownKeys(option, words, ['title', 'description']);
  requireKind(`${option}.title`, words.title ?? null, ['text', 'block']);
  requireHostText(`${option}.title`, words.title);
  requireKind(`${option}.description`, words.description, ['text', 'block']);
  if (words.description !== undefined) requireHostText(`${option}.description`, words.description);
}
