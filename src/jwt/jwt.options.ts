import type { HostUser } from '../common/ports/user-directory.js';
import type { SessionView } from '../common/ports/sessions.js';
import { publicationLeadSeconds } from '../common/keys/signing-key.schedule.js';
import {
  DEFAULT_SIGNING_ALGORITHM,
  isSymmetric,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../common/keys/signing-algorithm.js';
import { ACCESS_TOKEN_TYPE } from '../common/keys/jwt.codec.js';
import type { CoreSettings } from '../common/options/core-options.js';
import { resolveSeconds, type Duration } from '../common/options/duration.js';
import { choice, duration, flag, given, hook, text } from '../common/options/option.js';
import { block, readOptions, type OptionsOf, type SettingsOf } from '../common/options/read-options.js';
import {
  requireDistinct,
  resolveTrustedIssuer,
  type TrustedIssuerOptions,
  type TrustedIssuerSettings,
} from '../common/issuers/trusted-issuer.options.js';

/** Adds claims of the host. Members that are `undefined` are left out. */
export type CustomClaims = (context: {
  readonly user: HostUser;
  readonly session: SessionView;
}) => Record<string, unknown> | Promise<Record<string, unknown>>;

export type SessionJwtType = 'at+jwt' | 'JWT';

/** JWTs for services that verify offline, and the key set they need. */
export interface JwtOptions {
  /**
   * Signature algorithm of new tokens: `ES256`, `EdDSA`, `RS256`, `PS256`, `ES384`, `ES512`, `Ed25519` or `HS256`. With `HS256` no key is published,
   * so only this server, or a service that has the imported secret, can verify a token. Default `ES256`.
   */
  readonly algorithm?: SigningAlgorithm;
  /** Lifetime of a token. Default `'15m'`, at most 7 days. */
  readonly expiresIn?: Duration;
  /**
   * Longest lifetime that `JwtService.sign` accepts. Retired keys stay published that much longer. Default: 1 day, or `expiresIn` when
   * longer.
   */
  readonly maxExpiresIn?: Duration;
  /**
   * The `iss` claim of tokens made from sessions; those of OAuth clients name the issuer of `AuthModule.forRoot`. Default: the issuer of
   * `AuthModule.forRoot`.
   */
  readonly issuer?: string;
  /**
   * Audiences that a token may be asked for, besides this server. A token without a requested audience is for this server (its issuer).
   * Default: none.
   */
  readonly audience?: string | readonly string[];
  /**
   * The `client_id` of tokens made from sessions (RFC 9068 2.2): your own app, in which the user signed in. Default: `issuer` of `forRoot`.
   */
  readonly clientId?: string;
  /** `typ` of tokens made from sessions; `JWT` is for services that refuse `at+jwt`. Default `at+jwt` (RFC 9068 2.1). */
  readonly type?: SessionJwtType;
  /** Adds claims to every token. Reserved ones (`iss`, `sub`, `aud`, `scope`, …) are refused. */
  readonly customClaims?: CustomClaims;
  /** Another path of the key set, absolute at the application's root, e.g. `/.well-known/jwks.json`; no global prefix moves it. */
  readonly jwksEndpoint?: string;
  /**
   * How long verifiers may keep a copy of the key set (`Cache-Control`). A new key is published this long, and a minute more, before it
   * signs. Default `'5m'`, at most 1 day.
   */
  readonly jwksMaxAge?: Duration;
  readonly keyRotation?: {
    /**
     * Keys are replaced when they reach the age `interval`. Default true; false with `HS256`, whose verifiers would not get the new key.
     */
    readonly enabled?: boolean;
    /** Age at which a key is replaced. Default `'90d'`. */
    readonly interval?: Duration;
  };
  /** Clock skew that is accepted when a token is verified. Default 5 seconds, at most 60. */
  readonly leeway?: Duration;
  /** `GET /get-session` returns a token in the header `set-auth-jwt`. Default false. */
  readonly setAuthJwt?: boolean;
  /** Outside issuers whose access tokens `@BearerAuth({ issuer })` takes. Default: none. */
  readonly trustedIssuers?: readonly TrustedIssuerOptions[];
}

const DAY_SECONDS = 86_400;
const PATH = /^(\/[A-Za-z0-9._~-]+)+$/;

export const JWT_OPTIONS = {
  algorithm: choice(SIGNING_ALGORITHMS, DEFAULT_SIGNING_ALGORITHM),
  expiresIn: duration({ fallback: '15m', min: 1, max: 7 * DAY_SECONDS }),
  maxExpiresIn: given('duration'),
  issuer: text({
    fits: isIssuer,
    otherwise: 'is not an address without query, fragment and credentials. Give one, or leave it out to use issuer.',
  }),
  audience: given(['text', 'texts']),
  clientId: text({
    fits: (id) => id !== '' && id.length <= 255,
    otherwise: 'is not a client id. Give a text of 1 to 255 characters.',
  }),
  type: given<SessionJwtType>('text', ACCESS_TOKEN_TYPE),
  customClaims: hook(),
  jwksEndpoint: text({
    fits: (path) => PATH.test(path),
    otherwise: "is not an absolute path. Give one such as '/.well-known/jwks.json'.",
  }),
  jwksMaxAge: duration({ fallback: '5m', min: 0, max: DAY_SECONDS }),
  keyRotation: block({ enabled: flag(), interval: given<Duration>('duration', '90d') }),
  leeway: duration({ fallback: 5, min: 0, max: 60 }),
  setAuthJwt: flag(false),
  trustedIssuers: given('blocks'),
} satisfies OptionsOf<JwtOptions>;

type Given = SettingsOf<typeof JWT_OPTIONS>;

/** The options as `resolveJwtOptions` returns them: complete and frozen. */
export interface JwtSettings extends Omit<Given, 'maxExpiresIn' | 'audience' | 'keyRotation' | 'trustedIssuers'> {
  readonly maxExpiresInSeconds: number;
  readonly issuer: string;
  /** Audience of tokens that ask for none: this server. */
  readonly defaultAudience: string;
  readonly audiences: ReadonlySet<string>;
  readonly clientId: string;
  /** Null: keys are replaced only on request. */
  readonly rotationSeconds: number | null;
  readonly trustedIssuers: readonly TrustedIssuerSettings[];
}

export const JWT_SETTINGS = Symbol('nest-authority:jwt-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveJwtOptions(options: JwtOptions | undefined, core: CoreSettings): JwtSettings {
  const { maxExpiresIn, audience, keyRotation, ...settings } = readOptions('jwt', options, JWT_OPTIONS);
  const { algorithm, expiresInSeconds, jwksMaxAgeSeconds, issuer, clientId, trustedIssuers } = settings;
  return Object.freeze({
    ...settings,
    maxExpiresInSeconds: resolveSeconds('jwt.maxExpiresIn', maxExpiresIn ?? Math.max(DAY_SECONDS, expiresInSeconds), {
      min: expiresInSeconds,
      max: 400 * DAY_SECONDS,
    }),
    issuer: issuer ?? core.issuer,
    defaultAudience: core.issuer,
    audiences: new Set([core.issuer, ...requireAudiences(audience ?? [])]),
    clientId: clientId ?? core.issuer,
    type: requireType(settings.type),
    rotationSeconds: resolveRotation(keyRotation, algorithm, jwksMaxAgeSeconds),
    trustedIssuers: resolveIssuers(trustedIssuers ?? [], [core.issuer, issuer], core.allowPrivateNetwork),
  });
}

function resolveIssuers(
  list: readonly TrustedIssuerOptions[],
  own: readonly (string | null)[],
  allowPrivateNetwork: boolean,
): readonly TrustedIssuerSettings[] {
  const names = list.map(({ issuer }) => issuer);
  requireDistinct('jwt.trustedIssuers', names);
  const ours = names.find((name) => own.includes(name));
  if (ours !== undefined) throw new Error(`jwt.trustedIssuers: ${ours} is this server itself. Remove it.`);
  const context = { option: 'jwt.trustedIssuers', audiences: [own[0]!], roles: null, allowPrivateNetwork };
  return Object.freeze(list.map((options) => resolveTrustedIssuer(options, context)));
}

/** Every verifier compares it character by character (RFC 7519 4.1.1), so it is used exactly as given. */
function isIssuer(issuer: string): boolean {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  return url !== null && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password;
}

function requireType(type: SessionJwtType): SessionJwtType {
  if (type === ACCESS_TOKEN_TYPE || type === 'JWT') return type;
  throw new Error(`jwt.type: ${JSON.stringify(type)} is not offered. Give at+jwt or JWT.`);
}

function requireAudiences(audience: string | readonly string[]): readonly string[] {
  const list = [audience].flat();
  const wrong = list.find((one) => one === '' || one.length > 512);
  if (wrong === undefined) return list;
  throw new Error(
    `jwt.audience: ${JSON.stringify(wrong)} is not an audience. Give texts of 1 to 512 characters, usually addresses.`,
  );
}

function resolveRotation(
  { enabled, interval }: Given['keyRotation'],
  algorithm: SigningAlgorithm,
  jwksMaxAgeSeconds: number,
): number | null {
  const seconds = resolveSeconds('jwt.keyRotation.interval', interval, {
    min: publicationLeadSeconds(jwksMaxAgeSeconds),
    max: 3_650 * DAY_SECONDS,
  });
  if (isSymmetric(algorithm) && enabled)
    throw new Error(
      'jwt.keyRotation: with HS256 no key is published, so verifiers would not get the new secret. Leave it out, or use ES256.',
    );
  return (enabled ?? !isSymmetric(algorithm)) ? seconds : null;
}
