import { AuthError } from '../../common/errors/auth-error.js';
import type { JwtCodec } from '../../common/keys/jwt.codec.js';
import type { SigningAlgorithm } from '../../common/keys/signing-algorithm.js';
import { actClaim } from '../../common/principal/actor.js';
import { newId } from '../../common/new-id.js';
import type { OutboundUser } from './callers.js';
import { madeInTime } from './made-in-time.js';
import type { OnBehalfOf } from './on-behalf-of.settings.js';

/** What a token request says of the user (RFC 8693 2.1, RFC 7523 2.1, Microsoft's On-Behalf-Of). */
export interface UserGrant {
  readonly form: Readonly<Record<string, string>>;
  /** Texts that must never be taken for an error code. */
  readonly secrets: readonly string[];
}

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:';
/** `typ` of an assertion: never that of an access token, so that no route of ours takes it. */
const ASSERTION_HEADER_TYPE = 'JWT';
export const ASSERTION_LIFETIME_SECONDS = 120;

/** Writes the part of a token request that is about the user. */
export class UserGrants {
  constructor(
    private readonly codec: JwtCodec,
    private readonly issuer: string,
    private readonly timeoutMilliseconds: number,
  ) {}

  /**
   * @param audience the provider's issuer, or its token endpoint where the issuer is not known (RFC 7523 3)
   * @throws Unavailable when a function of the host makes none, or there are no keys to sign with
   */
  async grantOf(user: OutboundUser, how: OnBehalfOf, audience: string): Promise<UserGrant> {
    const [subjectToken, actorToken] = await Promise.all([
      this.subjectToken(user, how, audience),
      how.actorToken && this.made(() => how.actorToken!(user.principal), 'actor_token_unavailable'),
    ]);
    const secrets = actorToken === null ? [subjectToken] : [subjectToken, actorToken];
    return { form: formOf(how, subjectToken, actorToken), secrets };
  }

  private async subjectToken(user: OutboundUser, how: OnBehalfOf, audience: string): Promise<string> {
    const { subjectToken, signingAlgorithm: algorithm } = how;
    if (subjectToken === 'incoming') return user.accessToken!;
    const make =
      subjectToken === 'signed' ? () => this.sign(user, algorithm, audience) : () => subjectToken(user.principal);
    return this.made(make, 'subject_token_unavailable');
  }

  private sign({ principal }: OutboundUser, algorithm: SigningAlgorithm, audience: string): Promise<string> {
    const { subjectId, actor } = principal;
    return this.codec.sign({
      type: ASSERTION_HEADER_TYPE,
      algorithm,
      lifetimeSeconds: ASSERTION_LIFETIME_SECONDS,
      claims: {
        iss: this.issuer,
        sub: subjectId,
        aud: audience,
        jti: newId(),
        // RFC 8693 4.1: who acts as the user is told on.
        ...(actor && { act: actClaim(actor) }),
      },
    });
  }

  private made(make: () => string | Promise<string>, failure: string): Promise<string> {
    return madeInTime(async () => make(), this.timeoutMilliseconds, failure);
  }
}

function formOf(how: OnBehalfOf, subjectToken: string, actorToken: string | null): Record<string, string> {
  switch (how.flow) {
    case 'token-exchange':
      return {
        grant_type: TOKEN_EXCHANGE,
        subject_token: subjectToken,
        subject_token_type: TOKEN_TYPE + how.subjectTokenType,
        ...(actorToken !== null && { actor_token: actorToken, actor_token_type: TOKEN_TYPE + how.actorTokenType }),
      };
    case 'on-behalf-of':
      return { grant_type: JWT_BEARER, assertion: subjectToken, requested_token_use: 'on_behalf_of' };
    case 'jwt-bearer':
      return { grant_type: JWT_BEARER, assertion: subjectToken };
  }
}

/**
 * Whether an application can act for this caller at all, before anything is asked or written.
 * @throws AuthError 403 `ON_BEHALF_OF_CREDENTIAL`
 */
export function requireActable({ principal, accessToken }: OutboundUser, { subjectToken }: OnBehalfOf): void {
  if (principal.kind !== 'user')
    throw refused('This acts on behalf of users, and the caller is a client', 'the caller acts for itself');
  if (subjectToken === 'signed' && principal.issuer !== null)
    throw refused(
      'This acts for users of this server only',
      `${principal.issuer} knows this user, and this server cannot vouch for them: exchange the incoming token, or give a function`,
    );
  if (subjectToken === 'incoming' && accessToken === null)
    throw refused(
      'This takes an access token, not a session or an API key',
      `a ${principal.credentialType} is a secret of this server and is not sent on: give the application subjectToken 'signed' or a function`,
    );
}

function refused(description: string, detail: string): AuthError {
  return AuthError.forbidden('ON_BEHALF_OF_CREDENTIAL', description, detail);
}
