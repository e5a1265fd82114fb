import type { ProviderClaims } from './provider.options.js';

/**
 * Apple tells the name once, beside the token: `{"name":{"firstName":"…","lastName":"…"},"email":"…"}`, by way of the browser or the app. Only
 * the name is taken: it is no proof of anything.
 */
export function givenName(user: unknown): ProviderClaims {
  const { name } = (user ?? {}) as { name?: { firstName?: unknown; lastName?: unknown } | null };
  const parts = [name?.firstName, name?.lastName].filter((part) => typeof part === 'string' && part !== '');
  return parts.length > 0 ? { name: parts.join(' ') } : {};
}
