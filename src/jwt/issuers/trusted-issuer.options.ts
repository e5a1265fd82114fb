import { isIP } from 'node:net';
import { given } from '../../common/options/option.js';
import { readOptions, type OptionsOf } from '../../common/options/read-options.js';
import { addressKind } from '../../common/outbound/address-kind.js';

/** Algorithms that an outside issuer may use. No symmetric ones: its key set is public. */
const OUTSIDE_ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

/** An outside issuer whose access tokens are accepted. */
export interface TrustedIssuerOptions {
  /** Its `iss`, exactly. */
  readonly issuer: string;
  /** Audiences that stand for this server in its tokens; a token must have one of them. Default: our issuer. */
  readonly audience?: string | readonly string[];
  /** Where its key set is. Default: what its discovery document says (`<issuer>/.well-known/openid-configuration`). */
  readonly jwksUri?: string;
  /** Signature algorithms it may use. Default: every asymmetric one. */
  readonly algorithms?: readonly string[];
  /** `typ` of its access tokens. Default `at+jwt` (RFC 9068); many issuers send `JWT`, for their ID tokens as well. */
  readonly type?: string;
}

export const TRUSTED_ISSUER_OPTIONS = {
  issuer: given('text'),
  audience: given(['text', 'texts']),
  jwksUri: given('text'),
  algorithms: given('texts'),
  type: given('text'),
} satisfies OptionsOf<TrustedIssuerOptions>;

export interface TrustedIssuerSettings {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly jwksUri: string | null;
  readonly algorithms: readonly string[];
  readonly type: string;
}

/** @throws Error with option and remedy; stops the boot */
export function resolveTrustedIssuers(
  list: readonly TrustedIssuerOptions[],
  own: readonly (string | null)[],
  allowPrivateNetwork: boolean,
): readonly TrustedIssuerSettings[] {
  const names = list.map(({ issuer }) => issuer);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`jwt.trustedIssuers: ${twice} is listed twice. Remove one.`);
  const ours = names.find((name) => own.includes(name));
  if (ours !== undefined) throw new Error(`jwt.trustedIssuers: ${ours} is this server itself. Remove it.`);
  return Object.freeze(list.map((options) => resolveOne(options, own[0]!, allowPrivateNetwork)));
}

function resolveOne(
  options: TrustedIssuerOptions,
  ownIssuer: string,
  allowPrivateNetwork: boolean,
): TrustedIssuerSettings {
  const name = `jwt.trustedIssuers (${JSON.stringify(options.issuer)})`;
  const { audience, jwksUri, algorithms, type } = readOptions(name, options, TRUSTED_ISSUER_OPTIONS);
  const wrong = algorithms?.find((algorithm) => !OUTSIDE_ALGORITHMS.includes(algorithm));
  if (wrong !== undefined || algorithms?.length === 0)
    throw new Error(`${name}: algorithms must be some of ${OUTSIDE_ALGORITHMS.join(', ')}.`);
  for (const address of [options.issuer, jwksUri ?? options.issuer]) {
    const fault = faultOf(address, allowPrivateNetwork);
    if (fault) throw new Error(`${name}: ${JSON.stringify(address)} ${fault}. Give an https address.`);
  }
  return Object.freeze({
    issuer: options.issuer,
    audiences: [audience ?? ownIssuer].flat(),
    jwksUri,
    algorithms: [...(algorithms ?? OUTSIDE_ALGORITHMS)],
    type: type ?? 'at+jwt',
  });
}

/** What is wrong with an address as written; where it leads is checked when it is fetched. */
function faultOf(address: unknown, allowPrivateNetwork: boolean): string | null {
  if (typeof address !== 'string' || !URL.canParse(address)) return 'is not an address';
  const url = new URL(address);
  if (url.username || url.password || url.hash) return 'carries credentials or a fragment';
  if (allowPrivateNetwork) return /^https?:$/.test(url.protocol) ? null : 'is not http(s)';
  if (url.protocol !== 'https:') return 'is not https';
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const inside = isIP(host) !== 0 && addressKind(host) !== 'public';
  return inside ? 'is an address of this machine or of an inner network' : null;
}
