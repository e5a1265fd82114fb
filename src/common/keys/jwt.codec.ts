import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { Clock } from '../clock.js';
import { AuthError } from '../errors/auth-error.js';
import { compactJws } from './compact-jws.js';
import type { RingKey } from './signing-key.ring.js';
import type { SigningAlgorithm } from './signing-algorithm.js';
import type { SigningKeys } from './signing-keys.js';

/** `typ` of access tokens (RFC 9068 2.1); guarded routes accept no other. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
/** Longest accepted token, in characters; the same as for any bearer value. */
export const MAX_JWT_LENGTH = 8_192;
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/;
/** The header members of our own tokens. `crit`, `b64`, `jku`, `x5u`, `jwk`, `x5c` and any other are refused unread (T046, T047). */
const HEADER_MEMBERS = new Set(['alg', 'kid', 'typ']);

export interface JwtToSign {
  /** `typ` of the header. */
  readonly type: string;
  readonly algorithm: SigningAlgorithm;
  /** In seconds; at most the lifetime given to `SigningKeys.want`. */
  readonly lifetimeSeconds: number;
  /** `iat`, in seconds since 1970. Default: now. */
  readonly issuedAt?: number;
  /** All claims but `iat` and `exp`, which `sign` sets. */
  readonly claims: JWTPayload;
}

/** @throws Error when the lifetime or the size is too large */
export type JwtSigner = (token: Omit<JwtToSign, 'algorithm'>) => Promise<string>;

export interface JwtExpectation {
  /** The `typ`, or the allowed ones. */
  readonly type: string | readonly string[];
  readonly issuer: string;
  /** The token must name one of these; leave it out when the caller checks the audience. */
  readonly audience?: readonly string[];
  /** Tolerated clock skew in seconds, at most 60. */
  readonly leewaySeconds: number;
  /** How an expired token is treated. Default `refused`; `tolerated` is for hints, which authorize nothing (OIDC RP-Initiated Logout 2). */
  readonly expired?: 'refused' | 'tolerated';
}

/** Claims of a verified token. The claims that all our tokens have are present and of the right type. */
export type VerifiedClaims = JWTPayload & Required<Pick<JWTPayload, 'iss' | 'sub' | 'aud' | 'exp' | 'iat' | 'jti'>>;

export interface VerifiedJwt {
  readonly kid: string;
  /** `typ` of the header. */
  readonly type: string;
  readonly claims: VerifiedClaims;
}

/**
 * Whether a text looks like a JWT: it begins as `{"` does in base64url, and has three segments. Called for every bearer value, so it does
 * not check every character.
 */
export function looksLikeJwt(text: string): boolean {
  if (!text.startsWith('ey')) return false;
  const second = text.indexOf('.', text.indexOf('.') + 1);
  return second > 0 && text.indexOf('.') !== second && !text.includes('.', second + 1);
}

/** Signs and verifies our own JWTs (RFC 7519, RFC 8725): `kid` selects the key, and the key, not the header, determines the algorithm. */
export class JwtCodec {
  constructor(
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
  ) {}

  /** @throws AuthError 503 without keys; Error when the lifetime or the size is too large */
  async sign(token: JwtToSign): Promise<string> {
    return (await this.signer(token.algorithm))(token);
  }

  /** A signer that already has its key, and so may be used inside a transaction. @throws AuthError 503 without keys */
  async signer(algorithm: SigningAlgorithm): Promise<JwtSigner> {
    const key = await this.keys.signer(algorithm);
    return (token) => this.signWith(key, token);
  }

  /**
   * Signs an answer to one party, which never comes back here: the claims as they are, times included, of any length. A protected route or a
   * hint does not take it, since it lacks claims of a token.
   * @throws AuthError 503 without keys
   */
  async signAnswer({ type, algorithm, claims }: Pick<JwtToSign, 'type' | 'algorithm' | 'claims'>): Promise<string> {
    const key = await this.keys.signer(algorithm);
    return compactJws({ alg: key.algorithm, typ: type, kid: key.kid }, claims, key.signKey!);
  }

  private async signWith(
    key: RingKey,
    { type, lifetimeSeconds, issuedAt, claims }: Omit<JwtToSign, 'algorithm'>,
  ): Promise<string> {
    if (lifetimeSeconds > this.keys.longestTokenSeconds)
      throw new Error(
        `JWT: a lifetime of ${lifetimeSeconds} s is longer than the ${this.keys.longestTokenSeconds} s that keys are kept for. Raise jwt.maxExpiresIn.`,
      );
    const now = issuedAt ?? this.clock.epochSeconds();
    const header = { alg: key.algorithm, typ: type, kid: key.kid };
    const token = await compactJws(header, { ...claims, iat: now, exp: now + lifetimeSeconds }, key.signKey!);
    if (token.length > MAX_JWT_LENGTH)
      throw new Error(
        `JWT: ${token.length} characters are more than the ${MAX_JWT_LENGTH} that fit a header. Put less into it.`,
      );
    return token;
  }

  /** @throws AuthError 401 with the reason in `detail`; 503 when the keys cannot be read */
  async verify(token: string, expected: JwtExpectation): Promise<VerifiedJwt> {
    const header = readHeader(token);
    if (!header) throw AuthError.invalidToken('JWT: malformed, or with header members that are not accepted');
    const types = [expected.type].flat();
    if (!types.includes(header.typ)) throw AuthError.invalidToken(`JWT: typ is not ${types.join(' or ')}`);
    const key = await this.keys.verifier(header.kid);
    if (!key) throw AuthError.invalidToken('JWT: unknown kid');
    try {
      const { payload } = await jwtVerify(token, key.verifyKey!, {
        algorithms: [key.algorithm],
        issuer: expected.issuer,
        ...(expected.audience && { audience: [...expected.audience] }),
        requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti'],
        clockTolerance: expected.expired === 'tolerated' ? Number.MAX_SAFE_INTEGER : expected.leewaySeconds,
        currentDate: this.clock.now(),
      });
      return { kid: key.kid, type: header.typ, claims: this.checked(payload, expected.leewaySeconds) };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw AuthError.invalidToken(`JWT: ${error.message}`);
      throw error;
    }
  }

  /** Checks what jose does not: the types of claims, numbers that are not times, a token from the future. */
  private checked(claims: JWTPayload, leewaySeconds: number): VerifiedClaims {
    const { sub, jti, aud, exp, iat, nbf } = claims;
    const isText = (value: unknown) => typeof value === 'string' && value !== '';
    const isTime = (value: unknown) => Number.isFinite(value) && (value as number) > 0 && (value as number) < 1e12;
    const audiences = Array.isArray(aud) ? aud : [aud];
    if (!isText(sub) || !isText(jti) || audiences.length === 0 || !audiences.every(isText))
      throw AuthError.invalidToken('JWT: sub, jti or aud is of the wrong type');
    if (!isTime(exp) || !isTime(iat) || (nbf !== undefined && !isTime(nbf)))
      throw AuthError.invalidToken('JWT: exp, iat or nbf is not a time');
    if (iat! > this.clock.epochSeconds() + leewaySeconds) throw AuthError.invalidToken('JWT: iat is in the future');
    return claims as VerifiedClaims;
  }
}

interface Header {
  readonly alg: string;
  readonly kid: string;
  readonly typ: string;
}

/** @returns null unless the header is exactly `{ alg, kid, typ }`, all texts, and every segment is canonical base64url (RFC 7515 2) */
function readHeader(token: string): Header | null {
  if (token.length > MAX_JWT_LENGTH || !SHAPE.test(token)) return null;
  const segments = token.split('.');
  if (!segments.every((segment) => Buffer.from(segment, 'base64url').toString('base64url') === segment)) return null;
  const header = parse(segments[0]!);
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return null;
  const members = Object.entries(header);
  const fits = members.every(([name, value]) => HEADER_MEMBERS.has(name) && typeof value === 'string');
  return fits && members.length === HEADER_MEMBERS.size ? (header as Header) : null;
}

function parse(segment: string): unknown {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
