import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { JwtCodec, looksLikeJwt, type VerifiedClaims } from '../../common/keys/jwt.codec.js';
import { HostPorts } from '../../common/ports/port.js';
import { TOKEN_TYPES, type SubjectToken, type SubjectTokenReader } from '../../common/ports/subject-token.js';
import { readActor, type Actor } from '../../common/principal/actor.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { strengthClaims } from '../../common/tokens/sign-in-facts.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { ConsentStore } from '../consent/consent.store.js';
import { skipsConsent } from '../consent/skips-consent.js';
import { ID_TOKEN_TYPE } from '../id-tokens/id-tokens.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

const LEEWAY_SECONDS = 5;

/** Whom an ID token is about, as things are now. */
interface Holder {
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly roles: readonly string[];
  readonly actor: Actor | null;
}

/**
 * ID tokens as subject tokens (RFC 8693 3): of ours, for the client that presents it, not expired, and of a user who is still signed in and has
 * not withdrawn their consent. That it is signed says only what was true when it was made.
 */
@Injectable()
export class IdTokenSubjects implements SubjectTokenReader {
  readonly tokenType = TOKEN_TYPES.idToken;

  constructor(
    private readonly codec: JwtCodec,
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly consents: ConsentStore,
    private readonly identifiers: SubjectIdentifiers,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  async read(token: string, client: RegisteredClient): Promise<SubjectToken | null> {
    const claims = looksLikeJwt(token) ? await this.claimsOf(token) : null;
    if (!claims || !isForClient(claims, client)) return null;
    const holder = await this.holderOf(claims, client);
    if (!holder || !(await this.mayBeTold(holder.subjectId, client))) return null;
    const { acr, amr } = strengthClaims(claims);
    const { auth_time: authTime, exp } = claims;
    return {
      tokenType: TOKEN_TYPES.idToken,
      subjectId: holder.subjectId,
      subjectKind: 'user',
      clientId: client.clientId,
      audience: [],
      scopes: null,
      expiresAt: new Date(exp * 1000),
      familyId: null,
      sessionId: holder.sessionId,
      sourceId: null,
      actor: holder.actor,
      mayAct: readActor(claims['may_act'], this.settings.issuer),
      authenticatedAt: typeof authTime === 'number' ? new Date(authTime * 1000) : null,
      signIn: {
        ...(acr !== undefined && { acr }),
        ...(amr && { amr }),
        ...(holder.roles.length > 0 && { roles: holder.roles }),
      },
      confirmation: null,
      holding: skipsConsent(client, this.settings) ? null : this.consents.holding(holder.subjectId, client.clientId),
    };
  }

  private async claimsOf(token: string): Promise<VerifiedClaims | null> {
    const expected = { type: ID_TOKEN_TYPE, issuer: this.settings.issuer, leewaySeconds: LEEWAY_SECONDS };
    try {
      const { claims } = await this.codec.verify(token, expected);
      return claims.exp > this.clock.epochSeconds() ? claims : null;
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) return null;
      throw error;
    }
  }

  /** @returns null when the session or the user has ended */
  private async holderOf({ sub, sid }: VerifiedClaims, client: RegisteredClient): Promise<Holder | null> {
    if (typeof sid === 'string') {
      const session = await this.database.transaction((tx) => this.ports.sessions.get().hold(tx, sid));
      if (!session || this.identifiers.of(client, session.subjectId) !== sub) return null;
      const { subjectId, roles, actor } = session;
      return { subjectId, sessionId: sid, roles, actor: actor === null ? null : readActor({ sub: actor }) };
    }
    // Of a grant that outlives sessions. A pairwise name says nothing without one (OIDC Core 8.1).
    if (client.metadata.subject_type === 'pairwise' || (await this.subjects.epoch(sub)) === null) return null;
    const user = await this.ports.users.get().find(sub);
    return user && { subjectId: sub, sessionId: null, roles: user.roles ?? [], actor: null };
  }

  private async mayBeTold(subjectId: string, client: RegisteredClient): Promise<boolean> {
    return skipsConsent(client, this.settings) || (await this.consents.find(subjectId, client.clientId)) !== null;
  }
}

/** Other JWTs of ours have the same `typ`: only ID tokens have `at_hash`, which nobody but the server can set. */
function isForClient({ aud, azp, at_hash: tokenHash }: VerifiedClaims, { clientId }: RegisteredClient): boolean {
  return typeof tokenHash === 'string' && aud === clientId && (azp === undefined || azp === clientId);
}
