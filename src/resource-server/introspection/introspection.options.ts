import { ADDRESS_REMEDY, faultOf, shown } from '../../common/issuers/trusted-issuer.options.js';
import type { Duration } from '../../common/options/duration.js';
import { choice, duration, flag, text } from '../../common/options/option.js';
import type { OptionsOf, SettingsOf } from '../../common/options/read-options.js';

/** How an issuer is asked about its opaque tokens (RFC 7662). */
export interface IntrospectionOptions {
  /** Its introspection endpoint. */
  readonly endpoint: string;
  /** Id of this server as a client of the issuer; sent with the secret by HTTP Basic. */
  readonly clientId: string;
  /** Its secret; never in a log or an answer. */
  readonly clientSecret: string;
  /** Which of its tokens: those that are no JWTs, its JWTs (so that revoked ones end, too), or `all`. Other JWTs of it are verified by its keys. Default `opaque`. */
  readonly tokens?: 'opaque' | 'jwt' | 'all';
  /**
   * How long an answer about a live token is kept, if the token does not expire before: so long may a revoked token still be taken. Default
   * `'30s'`, 0 keeps none, at most 10 minutes.
   */
  readonly cacheTtl?: Duration;
  /** How long an answer about a token that is not live is kept. Default `'5s'`, 0 keeps none, at most 1 minute. */
  readonly negativeCacheTtl?: Duration;
  /**
   * Takes only answers with the `token_type` Bearer. False is for issuers that send none (RFC 7662 2.2 allows it); then be sure that they
   * do not call their refresh tokens active. Default true.
   */
  readonly requireTokenType?: boolean;
}

const isText = { fits: (value: string) => value !== '', otherwise: 'is empty. Give what the issuer registered.' };

export const INTROSPECTION_OPTIONS = {
  endpoint: text({ fits: (address) => URL.canParse(address), otherwise: 'is not an address. Give an https address.' }),
  clientId: text(isText),
  clientSecret: text(isText),
  tokens: choice(['opaque', 'jwt', 'all'], 'opaque'),
  cacheTtl: duration({ fallback: '30s', min: 0, max: 600 }),
  negativeCacheTtl: duration({ fallback: '5s', min: 0, max: 60 }),
  requireTokenType: flag(true),
} satisfies OptionsOf<IntrospectionOptions>;

export interface IntrospectionSettings extends SettingsOf<typeof INTROSPECTION_OPTIONS> {
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** @throws Error with option and remedy; stops the boot. The secret is never in it */
export function requireComplete(
  option: string,
  settings: SettingsOf<typeof INTROSPECTION_OPTIONS>,
  allowPrivateNetwork: boolean,
): IntrospectionSettings {
  const { endpoint, clientId, clientSecret } = settings;
  if (endpoint === null || clientId === null || clientSecret === null)
    throw new Error(`${option}: give endpoint, clientId and clientSecret.`);
  const fault = faultOf(endpoint, allowPrivateNetwork);
  if (fault) throw new Error(`${option}.endpoint: ${shown(endpoint)} ${fault}. ${ADDRESS_REMEDY}`);
  return Object.freeze({ ...settings, endpoint, clientId, clientSecret });
}
