import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { VerifiedCredential } from '../../common/cache/credential-cache.js';
import { tag } from '../../common/cache/tags.js';
import { Clock } from '../../common/clock.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { RemoteKeySet } from '../../common/keys/remote-key-set.js';
import { RESERVED_CLAIMS } from '../../common/keys/reserved-claims.js';
import { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { createPrincipal } from '../../common/principal/auth-principal.js';
import { parseScope } from '../../common/principal/scopes.js';
import { JWT_SETTINGS, type JwtSettings } from '../jwt.options.js';
import { issuerKeySet } from './issuer-key-set.js';
import type { TrustedIssuerSettings } from './trusted-issuer.options.js';

interface TrustedIssuer {
  readonly settings: TrustedIssuerSettings;
  readonly keys: RemoteKeySet;
}

/** Access tokens of outside issuers that the host trusts (RFC 9068 4, RFC 8725). */
@Injectable()
export class OutsideTokens {
  private readonly issuers: ReadonlyMap<string, TrustedIssuer>;

  constructor(
    outbound: GuardedFetch,
    private readonly clock: Clock,
    @Inject(JWT_SETTINGS) private readonly settings: JwtSettings,
  ) {
    this.issuers = new Map(
      settings.trustedIssuers.map((trusted) => [
        trusted.issuer,
        { settings: trusted, keys: issuerKeySet(trusted, outbound) },
      ]),
    );
  }

  trusts(issuer: string): boolean {
    return this.issuers.has(issuer);
  }

  /** @throws AuthError 401 with the reason in `detail`; 503 when the issuer's keys are not available */
  async verify(issuer: string, token: string): Promise<VerifiedCredential> {
    const { settings, keys } = this.issuers.get(issuer)!;
    try {
      const { payload } = await jwtVerify(token, keys.keyOf, {
        issuer,
        audience: [...settings.audiences],
        algorithms: [...settings.algorithms],
        typ: settings.type,
        requiredClaims: ['iss', 'aud', 'exp', 'sub'],
        clockTolerance: this.settings.leewaySeconds,
        currentDate: this.clock.now(),
      });
      return this.credentialOf(issuer, payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw AuthError.invalidToken(`JWT of ${issuer}: ${error.message}`);
      throw error;
    }
  }

  private credentialOf(issuer: string, payload: JWTPayload): VerifiedCredential {
    const { sub, exp, aud, jti } = payload;
    if (typeof sub !== 'string' || sub === '' || !Number.isFinite(exp) || exp! > 1e12)
      throw AuthError.invalidToken(`JWT of ${issuer}: sub or exp is of the wrong type`);
    // An id of theirs must never be taken for one of ours (ASVS 6.8.1, T113): the subject is issuer and `sub` together.
    const subjectId = `${issuer}|${sub}`;
    const principal = createPrincipal({
      issuer,
      subjectId,
      clientId: textOf(payload['client_id']) ?? textOf(payload['azp']) ?? null,
      scheme: 'bearer',
      credentialType: 'external_jwt',
      credentialId: textOf(jti) ?? subjectId,
      scopes: scopesOf(payload),
      audience: [aud ?? []].flat(),
      expiresAt: new Date(exp! * 1000),
      claims: { ...customClaimsOf(payload), iss: issuer, sub },
    });
    return {
      principal,
      tags: [tag('subject', subjectId)],
      remainingMilliseconds: exp! * 1000 - this.clock.now().getTime(),
    };
  }
}

/** Claims beyond the registered ones. */
export function customClaimsOf(payload: JWTPayload): Record<string, unknown> {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !RESERVED_CLAIMS.has(name)));
}

/** `scope` (RFC 9068 2.2.3), or the `scp` of Microsoft Entra ID and others. */
function scopesOf(payload: JWTPayload): string[] {
  const given = payload['scope'] ?? payload['scp'];
  const text = Array.isArray(given) ? given.filter((one) => typeof one === 'string').join(' ') : textOf(given);
  return (text && parseScope(text)) || [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
