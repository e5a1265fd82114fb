import { requireKnownKeys } from '../common/options/known-keys.js';
import type { OutboundOptions } from './outbound/outbound.options.js';
import { resolveOutboundOptions, type OutboundSettings } from './outbound/resolve-outbound-options.js';
import { requireKinds } from '../common/options/option-kinds.js';

/** Client credentials (RFC 6749 4.4). With oauthProvider the token endpoint offers the grant to clients that have scopes of their own. */
export interface ClientCredentialsOptions {
  /** Tokens that this server fetches as a client of other servers. Default: no applications. */
  readonly outbound?: OutboundOptions;
}

export const OUTBOUND_SETTINGS = Symbol('nest-authority:outbound-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveClientCredentialsOptions(options: ClientCredentialsOptions | undefined): OutboundSettings {
  requireKnownKeys('clientCredentials', options, ['outbound']);
  requireKinds('clientCredentials', options, { outbound: 'block' });
  return resolveOutboundOptions(options?.outbound);
}
