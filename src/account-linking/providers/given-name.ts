import type { ProviderClaims } from './provider.options.js';

/**
 * Apple sends the name once, beside the token and through the browser or the app: `{"name":{"firstName":"…","lastName":"…"},"email":"…"}`. Only
 * the name is read, since none of this is proven.
 */
export function givenName(user: unknown): ProviderClaims {
  const { name } = (user ?? {}) as { name?: { firstName?: unknown; lastName?: unknown } | null };
  const parts = [name?.firstName, name?.lastName].filter((part) => typeof part === 'string' && part !== '');
  return parts.length > 0 ? { name: parts.join(' ') } : {};
}
