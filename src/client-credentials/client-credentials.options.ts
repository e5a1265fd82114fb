import { block, readOptions, type OptionsOf } from '../common/options/read-options.js';
import { OUTBOUND_OPTIONS, type OutboundOptions } from './outbound/outbound.options.js';
import { resolveOutboundOptions, type OutboundSettings } from './outbound/outbound.settings.js';

/** Client credentials (RFC 6749 4.4). With oauthProvider the token endpoint offers the grant to clients that have scopes of their own. */
export interface ClientCredentialsOptions {
  /** Tokens that this server fetches as a client of other servers. Default: no applications. */
  readonly outbound?: OutboundOptions;
}

const CLIENT_CREDENTIALS_OPTIONS = {
  outbound: block(OUTBOUND_OPTIONS),
} satisfies OptionsOf<ClientCredentialsOptions>;

export const OUTBOUND_SETTINGS = Symbol('nest-authority:outbound-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveClientCredentialsOptions(options: ClientCredentialsOptions | undefined): OutboundSettings {
  return resolveOutboundOptions(readOptions('clientCredentials', options, CLIENT_CREDENTIALS_OPTIONS).outbound);
}
