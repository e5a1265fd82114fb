import type { HostUser } from '../common/host/user-directory.js';
import type { SessionView } from '../common/host/sessions.js';
import { publicationLeadSeconds } from '../common/keys/key-schedule.js';
import {
  DEFAULT_SIGNING_ALGORITHM,
  isSigningAlgorithm,
  isSymmetric,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../common/keys/signing-algorithm.js';
import { ACCESS_TOKEN_TYPE } from '../common/keys/jwt.codec.js';
import type { CoreSettings } from '../common/options/core-options.js';
import { requireKnownKeys } from '../common/options/known-keys.js';
import { resolveSeconds, type Duration } from '../common/options/duration.js';
import {
  resolveTrustedIssuers,
  type TrustedIssuerOptions,
  type TrustedIssuerSettings,
} from './issuers/trusted-issuer.options.js';
import { requireKinds, type OptionKinds } from '../common/options/option-kinds.js';

/** Adds claims of the host. Members that are `undefined` are left out. */
export type CustomClaims = (context: {
  readonly user: HostUser;
  readonly session: SessionView;
}) => Record<string, unknown> | Promise<Record<string, unknown>>;

export type SessionJwtType = 'at+jwt' | 'JWT';

/** JWTs for services that verify offline, and the key set they need. */
export interface JwtOptions {
  /**
   * Signature algorithm of new tokens: `ES256` (default), `EdDSA`, `RS256`, `PS256`, `ES384`, `ES512` or `HS256`. With `HS256` nothing
   * is published, so only this server, or a service you gave the imported secret, can verify a token.
   */
  readonly algorithm?: SigningAlgorithm;
  /** Lifetime of a token. Default `'15m'`, at most 7 days. */
  readonly expiresIn?: Duration;
  /** Longest lifetime `JwtService.sign` may give. Retired keys are published that much longer. Default: 1 day, or `expiresIn` when longer. */
  readonly maxExpiresIn?: Duration;
  /** The `iss` claim of tokens made from sessions; those of OAuth clients name the issuer of `AuthModule.forRoot`, which is the default. */
  readonly issuer?: string;
  /** Audiences a token may be asked for, besides this server. A token that asks for none is for this server (its issuer). Default: none. */
  readonly audience?: string | readonly string[];
  /** The `client_id` of tokens made from sessions (RFC 9068 2.2): the app of this house that the user sits at. Default: `issuer` of `forRoot`. */
  readonly clientId?: string;
  /** `typ` of tokens made from sessions. Default `at+jwt` (RFC 9068 2.1); `JWT` for services that refuse it. */
  readonly type?: SessionJwtType;
  /** Adds claims to every token. Reserved ones (`iss`, `sub`, `aud`, `scope`, …) are refused. */
  readonly customClaims?: CustomClaims;
  /** A further path of the key set, absolute at the application's root, e.g. `/.well-known/jwks.json`; no global prefix moves it. */
  readonly jwksEndpoint?: string;
  /**
   * How long verifiers may keep a copy of the key set (`Cache-Control`). A new key is published that much earlier than it signs.
   * Default `'5m'`, at most 1 day.
   */
  readonly jwksMaxAge?: Duration;
  readonly keyRotation?: {
    /** Default true; false with HS256, whose verifiers would not hear of it. */
    readonly enabled?: boolean;
    /** Age at which a key is replaced. Default `'90d'`. */
    readonly interval?: Duration;
  };
  /** Clock skew that is forgiven when a token is verified. Default 5 seconds, at most 60. */
  readonly leeway?: Duration;
  /** `GET /get-session` answers with a token in the header `set-auth-jwt`. Default false. */
  readonly setAuthJwt?: boolean;
  /** Issuers outside whose access tokens `@BearerAuth({ issuer })` takes. Default: none. */
  readonly trustedIssuers?: readonly TrustedIssuerOptions[];
}

/** What `resolveJwtOptions` makes of the above: nothing optional, frozen. */
export interface JwtSettings {
  readonly algorithm: SigningAlgorithm;
  readonly expiresInSeconds: number;
  readonly maxExpiresInSeconds: number;
  readonly issuer: string;
  /** Of tokens that ask for none: this server. */
  readonly defaultAudience: string;
  readonly audiences: ReadonlySet<string>;
  readonly clientId: string;
  readonly type: SessionJwtType;
  readonly customClaims: CustomClaims | null;
  readonly jwksEndpoint: string | null;
  readonly jwksMaxAgeSeconds: number;
  /** Null: keys are replaced on request only. */
  readonly rotationSeconds: number | null;
  readonly leewaySeconds: number;
  readonly setAuthJwt: boolean;
  readonly trustedIssuers: readonly TrustedIssuerSettings[];
}

export const JWT_SETTINGS = Symbol('nest-authority:jwt-settings');

const DAY_SECONDS = 86_400;
const PATH = /^(\/[A-Za-z0-9._~-]+)+$/;

const OPTION_NAMES = [
  'algorithm',
  'expiresIn',
  'maxExpiresIn',
  'issuer',
  'audience',
  'clientId',
  'type',
  'customClaims',
  'jwksEndpoint',
  'jwksMaxAge',
  'keyRotation',
  'leeway',
  'setAuthJwt',
  'trustedIssuers',
] as const satisfies readonly (keyof JwtOptions)[];

const KINDS: OptionKinds<JwtOptions> = {
  algorithm: 'text',
  expiresIn: 'duration',
  maxExpiresIn: 'duration',
  issuer: 'text',
  clientId: 'text',
  type: 'text',
  audience: ['text', 'texts'],
  customClaims: 'function',
  jwksEndpoint: 'text',
  jwksMaxAge: 'duration',
  keyRotation: 'block',
  leeway: 'duration',
  setAuthJwt: 'flag',
  trustedIssuers: 'blocks',
};

/** @throws Error with option and remedy; stops the boot */
export function resolveJwtOptions(options: JwtOptions | undefined, core: CoreSettings): JwtSettings {
  const given = options ?? {};
  requireKnownKeys('jwt', given, OPTION_NAMES);
  requireKinds('jwt', given, KINDS);
  requireKinds('jwt.keyRotation', given.keyRotation, { enabled: 'flag', interval: 'duration' });
  requireKnownKeys('jwt.keyRotation', given.keyRotation, ['enabled', 'interval']);
  const algorithm = resolveAlgorithm(given.algorithm);
  const expiresInSeconds = resolveSeconds('jwt.expiresIn', given.expiresIn ?? '15m', { min: 1, max: 7 * DAY_SECONDS });
  const jwksMaxAgeSeconds = resolveSeconds('jwt.jwksMaxAge', given.jwksMaxAge ?? '5m', { min: 0, max: DAY_SECONDS });
  return Object.freeze({
    algorithm,
    expiresInSeconds,
    maxExpiresInSeconds: resolveSeconds(
      'jwt.maxExpiresIn',
      given.maxExpiresIn ?? Math.max(DAY_SECONDS, expiresInSeconds),
      { min: expiresInSeconds, max: 400 * DAY_SECONDS },
    ),
    issuer: resolveIssuer(given.issuer, core),
    defaultAudience: core.issuer,
    audiences: new Set([core.issuer, ...resolveAudiences(given.audience)]),
    clientId: resolveClientId(given.clientId ?? core.issuer),
    type: resolveType(given.type ?? ACCESS_TOKEN_TYPE),
    customClaims: resolveCustomClaims(given.customClaims),
    jwksEndpoint: resolvePath(given.jwksEndpoint),
    jwksMaxAgeSeconds,
    rotationSeconds: resolveRotation(given.keyRotation, algorithm, jwksMaxAgeSeconds),
    leewaySeconds: resolveSeconds('jwt.leeway', given.leeway ?? 5, { min: 0, max: 60 }),
    setAuthJwt: given.setAuthJwt ?? false,
    trustedIssuers: resolveTrustedIssuers(
      given.trustedIssuers ?? [],
      [core.issuer, given.issuer],
      core.allowPrivateNetwork,
    ),
  });
}

function resolveAlgorithm(algorithm: unknown = DEFAULT_SIGNING_ALGORITHM): SigningAlgorithm {
  if (isSigningAlgorithm(algorithm)) return algorithm;
  throw new Error(
    `jwt.algorithm: ${JSON.stringify(algorithm)} is not offered. Give one of ${SIGNING_ALGORITHMS.join(', ')}.`,
  );
}

/** Compared character by character by every verifier (RFC 7519 4.1.1), so it is taken exactly as it is given. */
function resolveIssuer(issuer: unknown, core: CoreSettings): string {
  if (issuer === undefined) return core.issuer;
  const url = typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password)
    throw new Error(
      `jwt.issuer: ${JSON.stringify(issuer)} is no address without query, fragment and credentials. Give one, or leave it out to use issuer.`,
    );
  return issuer as string;
}

function resolveAudiences(audience: string | readonly string[] = []): readonly string[] {
  const list = typeof audience === 'string' ? [audience] : audience;
  const wrong = list.find((one) => typeof one !== 'string' || one === '' || one.length > 512);
  if (wrong !== undefined)
    throw new Error(
      `jwt.audience: ${JSON.stringify(wrong)} is no audience. Give texts of 1 to 512 characters, usually addresses.`,
    );
  return list;
}

function resolveClientId(clientId: unknown): string {
  if (typeof clientId === 'string' && clientId !== '' && clientId.length <= 255) return clientId;
  throw new Error(`jwt.clientId: ${JSON.stringify(clientId)} is no client id. Give a text of 1 to 255 characters.`);
}

function resolveType(type: unknown): SessionJwtType {
  if (type === 'at+jwt' || type === 'JWT') return type;
  throw new Error(`jwt.type: ${JSON.stringify(type)} is not offered. Give at+jwt or JWT.`);
}

function resolveCustomClaims(hook: unknown): CustomClaims | null {
  if (hook === undefined) return null;
  if (typeof hook === 'function') return hook as CustomClaims;
  throw new Error('jwt.customClaims: give a function ({ user, session }) => claims, or leave it out.');
}

function resolvePath(path: unknown): string | null {
  if (path === undefined) return null;
  if (typeof path === 'string' && PATH.test(path)) return path;
  throw new Error(
    `jwt.jwksEndpoint: ${JSON.stringify(path)} is no absolute path. Give one such as '/.well-known/jwks.json'.`,
  );
}

function resolveRotation(
  rotation: JwtOptions['keyRotation'],
  algorithm: SigningAlgorithm,
  jwksMaxAgeSeconds: number,
): number | null {
  const interval = resolveSeconds('jwt.keyRotation.interval', rotation?.interval ?? '90d', {
    min: publicationLeadSeconds(jwksMaxAgeSeconds),
    max: 3_650 * DAY_SECONDS,
  });
  if (isSymmetric(algorithm) && rotation?.enabled)
    throw new Error(
      'jwt.keyRotation: with HS256 nothing is published, so nobody would hear of the new secret. Leave it out, or use ES256.',
    );
  return (rotation?.enabled ?? !isSymmetric(algorithm)) ? interval : null;
}
