import { Injectable } from '@nestjs/common';
import { CredentialCache } from '../../common/cache/credential-cache.js';
import { tag } from '../../common/cache/tags.js';
import { sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { presentedCredential } from '../../common/guards/presented-credential.js';
import type { EdgeContext } from '../../common/http/request/request-context.js';
import { AuthContext } from '../../common/ports/auth-context.js';
import { actClaim } from '../../common/principal/actor.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';

/** The user whom a token is fetched for: the caller of a request, by the credential that a guard has let in. */
export interface OutboundUser {
  readonly principal: AuthPrincipal;
  /** What ends the credential, and the token with it. */
  readonly tags: readonly string[];
  /** The access token that the request came with; null for a session or an API key, whose secret goes to nobody. */
  readonly accessToken: string | null;
  /** Tells the credential from any other: what two of them get is never shared. */
  readonly identity: readonly unknown[];
  /** Milliseconds until the credential expires; `Infinity` when it does not. */
  leftMilliseconds(): number;
  /** Throws unless the credential is still good, as a guard finds it. @throws AuthError 401, 503 */
  verify(): Promise<void>;
}

/** Credentials that are tokens for others to read or exchange. All others are secrets between their holder and this server. */
const ACCESS_TOKENS: ReadonlySet<string> = new Set(['access_token', 'jwt', 'external_jwt', 'external_token']);

/** Finds the user behind the request that host code runs in. There is no other way to name one, so that none can be mixed up. */
@Injectable()
export class Callers {
  constructor(
    private readonly extensions: Extensions,
    private readonly cache: CredentialCache,
  ) {}

  /** @throws AuthError 401 outside a guarded request, and when the credential has ended meanwhile */
  async current(): Promise<OutboundUser> {
    const requestContext = AuthContext.requestContext as EdgeContext | undefined;
    const admitted = requestContext?.principal;
    if (!requestContext || !admitted) throw AuthError.unauthenticated();
    const presented = presentedCredential(requestContext.headers, undefined, this.extensions.authenticators);
    if (!presented) throw AuthError.invalidToken('a guard of the host has let the caller in, without a credential');
    const { authenticator, credential } = presented;
    const read = async () => {
      const principal = await authenticator.authenticate(credential, requestContext);
      if (identityOf(principal) === identityOf(admitted)) return principal;
      throw AuthError.invalidToken('the request presents another credential than the one that was let in');
    };
    return this.userOf(await read(), credential, async () => void (await read()));
  }

  private userOf(principal: AuthPrincipal, credential: string, verify: () => Promise<void>): OutboundUser {
    const { tags = [], deadline = Number.POSITIVE_INFINITY } = this.cache.recordOf(principal) ?? {};
    const accessToken = ACCESS_TOKENS.has(principal.credentialType) ? credential : null;
    return {
      principal,
      tags: [...new Set([...tags, tag('subject', principal.subjectId)])],
      accessToken,
      // Tokens of others need not have an id: the text tells them apart.
      identity: [identityOf(principal), accessToken === null ? null : sha256(accessToken)],
      leftMilliseconds: () => deadline - performance.now(),
      verify,
    };
  }
}

/** A list, so that no part can be taken for the end of the one before. */
function identityOf(principal: AuthPrincipal): string {
  const { kind, issuer, subjectId, clientId, credentialType, credentialId, sessionId, actor } = principal;
  return JSON.stringify([
    kind,
    issuer,
    subjectId,
    clientId,
    credentialType,
    credentialId,
    sessionId,
    actor && actClaim(actor),
  ]);
}
