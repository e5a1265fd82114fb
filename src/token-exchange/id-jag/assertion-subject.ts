import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import type { GrantRequest } from '../../common/grants/grant.js';
import type { Client } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';
import { TOKEN_TYPES, type SubjectToken } from '../../common/ports/subject-token.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { isProved } from '../policy/exchange-rules.js';

/** What says who somebody is: an access token says what its holder may do. */
const TYPES: ReadonlySet<string> = new Set([TOKEN_TYPES.idToken, TOKEN_TYPES.refreshToken]);

/** A user who is signed in here, to the client that asks. */
export interface AssertedUser {
  readonly user: HostUser;
  readonly token: SubjectToken;
}

/** Whom an identity assertion is about, by the ID token or the refresh token that the client presents (ID-JAG 4.3.2, 4.3.3). */
@Injectable()
export class AssertionSubjects {
  constructor(
    private readonly extensions: Extensions,
    private readonly ports: HostPorts,
  ) {}

  /** No statement. @throws AuthError 400 `invalid_request` (RFC 8693 2.1) */
  named({ parameters }: GrantRequest): { readonly token: string; readonly type: string } {
    const {
      subject_token: token,
      subject_token_type: type,
      actor_token: actor,
      actor_token_type: actorType,
    } = parameters;
    if (token === undefined) throw AuthError.invalidRequest('subject_token is missing');
    if (type === undefined) throw AuthError.invalidRequest('subject_token_type is missing');
    if (!TYPES.has(type)) throw AuthError.invalidRequest('This subject_token_type is not offered');
    if (actor !== undefined || actorType !== undefined)
      throw AuthError.invalidRequest('An actor_token is not taken for an identity assertion');
    return { token, type };
  }

  /** @throws AuthError 400 `invalid_grant`, the same whatever is wrong with the token; 503 when that cannot be known */
  async find({ token, type }: ReturnType<AssertionSubjects['named']>, request: GrantRequest): Promise<AssertedUser> {
    const { client, sender } = request;
    const reader = this.extensions.subjectTokens.find((one) => one.tokenType === type);
    const subject = (await reader?.read(token, client)) ?? null;
    if (!subject || !isProved(subject, client, sender.confirmation))
      throw refused('malformed, ended, bound to another key, or not for this client');
    const fault = faultOf(subject, client);
    if (fault !== null) throw refused(fault);
    const user = await this.ports.users.get().find(subject.subjectId);
    if (!user) throw refused('its user is gone');
    return { user, token: subject };
  }
}

/** What a live token must be beyond that. */
function faultOf(token: SubjectToken, client: Client): string | null {
  const { tokenType, subjectKind, clientId, actor, mayAct, scopes } = token;
  if (subjectKind !== 'user' || clientId !== client.clientId) return 'it is of no user, or of another client';
  // An administrator who acts as somebody here is nobody elsewhere.
  if (actor !== null) return 'somebody acts for its user';
  if (mayAct !== null && !(mayAct.issuer === null && mayAct.subjectId === client.clientId))
    return 'may_act names another';
  // An ID token would be had by it, and says the same (OIDC Core 3.1.2.1).
  if (!client.scopes.has('openid') || scopes?.includes('openid') === false) return 'it does not cover openid';
  if (tokenType === TOKEN_TYPES.refreshToken && !client.grantTypes.has('refresh_token'))
    return 'its client may not refresh any more';
  return null;
}

function refused(detail: string): AuthError {
  return AuthError.invalidGrant(`subject token: ${detail}`);
}
