import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../common/errors/auth-error.js';
import { HostPorts } from '../common/ports/port.js';
import type { CurrentSession } from '../common/ports/sessions.js';
import { JwtCodec } from '../common/keys/jwt.codec.js';
import { RESERVED_CLAIMS } from '../common/keys/reserved-claims.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { formatScope, isSubset, parseScope } from '../common/principal/scopes.js';
import { JWT_SETTINGS, type JwtSettings } from './jwt.options.js';
import { newId } from '../common/new-id.js';

/** What the caller asks of a token. */
export interface JwtRequest {
  /** Default: this server. */
  readonly audience?: string | readonly string[];
  /** Space-separated (RFC 6749 3.3). Default: all scopes of the credential. */
  readonly scope?: string;
}

export interface IssuedJwt {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Makes access tokens (RFC 9068) from sessions, for services that verify them offline. */
@Injectable()
export class JwtIssuer {
  constructor(
    private readonly codec: JwtCodec,
    private readonly ports: HostPorts,
    @Inject(JWT_SETTINGS) private readonly settings: JwtSettings,
  ) {}

  /**
   * @param principal the user in person: their session, or a token of a first-party app
   * @param current the user's session, when the caller has it already
   * @throws AuthError 400 `INVALID_AUDIENCE`, `INVALID_SCOPE`; 401 when the session has ended; 503 without keys
   */
  async issue(principal: AuthPrincipal, asked: JwtRequest = {}, current?: CurrentSession): Promise<IssuedJwt> {
    const audience = this.audienceOf(asked.audience);
    const scope = formatScope(scopesOf(principal, asked.scope));
    const custom = await this.customClaimsOf(principal, current);
    const expiresIn = this.settings.expiresInSeconds;
    const token = await this.codec.sign({
      type: this.settings.type,
      algorithm: this.settings.algorithm,
      lifetimeSeconds: expiresIn,
      claims: {
        ...custom,
        iss: this.settings.issuer,
        sub: principal.subjectId,
        aud: audience,
        jti: newId(),
        client_id: this.settings.clientId,
        sid: principal.sessionId ?? undefined,
        amr: principal.claims['amr'],
        acr: principal.claims['acr'],
        act: principal.claims['act'],
        cnf: principal.confirmation ?? undefined,
        ...(principal.roles.size > 0 && { roles: [...principal.roles] }),
        ...(scope !== '' && { scope }),
        ...(principal.authenticatedAt && { auth_time: Math.floor(principal.authenticatedAt.getTime() / 1000) }),
      },
    });
    return { token, expiresIn };
  }

  private audienceOf(asked: string | readonly string[] = this.settings.defaultAudience): string | string[] {
    const list = [...new Set(typeof asked === 'string' ? [asked] : asked)];
    // Exact match, no prefix (RFC 7519 4.1.3). The message does not repeat the refused value: it is the caller's text.
    if (list.length === 0 || !list.every((one) => this.settings.audiences.has(one)))
      throw new AuthError({
        status: 400,
        code: 'INVALID_AUDIENCE',
        error: 'invalid_target',
        description: 'The audience is not one that tokens may be asked for',
      });
    return list.length === 1 ? list[0]! : list;
  }

  private async customClaimsOf(principal: AuthPrincipal, known?: CurrentSession): Promise<Record<string, unknown>> {
    const hook = this.settings.customClaims;
    if (!hook) return {};
    const current = known ?? (await this.ports.sessions.get().find(principal.sessionId ?? ''));
    if (!current) throw AuthError.invalidToken('the session has ended');
    const claims = (await hook(current)) ?? {};
    const reserved = Object.keys(claims).filter((name) => RESERVED_CLAIMS.has(name));
    if (reserved.length > 0)
      throw new Error(
        `jwt.customClaims returned ${reserved.join(', ')}: reserved for the server. Give your claims other names.`,
      );
    return claims;
  }
}

function scopesOf(principal: AuthPrincipal, asked: string | undefined): Iterable<string> {
  if (asked === undefined) return principal.scopes;
  const scopes = parseScope(asked);
  if (scopes && isSubset(scopes, principal.scopes)) return scopes;
  throw new AuthError({
    status: 400,
    code: 'INVALID_SCOPE',
    error: 'invalid_scope',
    description: 'The scope is malformed or more than the session has',
  });
}
