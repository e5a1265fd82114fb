import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { isFirstParty } from '../../common/guards/session-auth.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { requireInPerson } from '../../common/principal/impersonation.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import type { ChallengeRow } from '../challenge/challenge.store.js';
import { Challenges } from '../challenge/challenges.js';
import { noChallenge, tooManyAttempts } from '../two-factor.errors.js';

/** Who shows a second factor: somebody whose sign-in waits for it, or a user who is signed in. */
export interface Claimant {
  readonly user: HostUser;
  /** The user's epoch before the proof. */
  readonly epoch: number;
  /** What codes by mail are bound to. */
  readonly key: string;
  /** Null: they are signed in. */
  readonly challenge: ChallengeRow | null;
  /** Null: their sign-in waits. */
  readonly sessionId: string | null;
}

/** What a request shows. */
export interface Shown {
  /** Of the answer to the first factor, for programs that keep no cookies; it goes before all else. */
  readonly token?: string | undefined;
  readonly principal: AuthPrincipal | null;
  readonly headers: HeaderBag;
}

/** Finds out for whom a code is shown. */
@Injectable()
export class Claimants {
  constructor(
    private readonly challenges: Challenges,
    private readonly subjects: SubjectStore,
    private readonly ports: HostPorts,
  ) {}

  /**
   * A sign-in that waits goes before a session: it is the newer of the two, and the session may be another user's.
   * @throws AuthError 401 `INVALID_TWO_FACTOR_COOKIE`, 400 `TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE`
   */
  async of({ token, principal, headers }: Shown): Promise<Claimant> {
    if (token !== undefined) return this.waiting(await this.challenges.ofToken(token));
    const challenge = await this.challenges.ofBrowser(headers);
    if (challenge && !(challenge.exhausted && isFirstParty(principal))) return this.waiting(challenge);
    if (!principal || !isFirstParty(principal)) throw noChallenge();
    return this.signedIn(principal);
  }

  /** A user whose sign-in waits; null: there is none here. */
  async ofBrowser(headers: HeaderBag): Promise<Claimant | null> {
    const challenge = await this.challenges.ofBrowser(headers);
    return challenge && !challenge.exhausted ? this.waiting(challenge) : null;
  }

  /** @throws AuthError 401 when they were disabled meanwhile; 403 `IMPERSONATED` for an administrator who acts as them */
  async signedIn(principal: AuthPrincipal): Promise<Claimant> {
    requireInPerson(principal);
    const { subjectId, sessionId } = principal;
    const epoch = await this.subjects.epoch(subjectId);
    const user = await this.ports.users.get().find(subjectId);
    if (epoch === null || !user || sessionId === null) throw AuthError.invalidToken('the user has ended meanwhile');
    return { user, epoch, key: user.id, challenge: null, sessionId };
  }

  private async waiting(challenge: ChallengeRow | null): Promise<Claimant> {
    const user = challenge && (await this.ports.users.get().find(challenge.subject));
    if (!challenge || !user) throw noChallenge();
    if (challenge.exhausted) throw tooManyAttempts();
    const { epoch } = challenge;
    return { user, epoch, key: this.challenges.keyOf(challenge), challenge, sessionId: null };
  }
}
