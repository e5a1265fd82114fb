import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInOutcome, WaitingSignIn } from '../../common/ports/second-factor.js';
import type { CurrentSession } from '../../common/ports/sessions.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { requireInPerson } from '../../common/principal/impersonation.js';
import { authenticationFailed, unknownCredential } from '../passkeys.errors.js';
import type { AssertionAnswer } from '../passkeys.schemas.js';
import { Authentications, type ProvenPasskey } from './authentications.js';
import { PasskeyUses } from './passkey-uses.js';

export interface PasskeySignedIn {
  readonly kind: 'sign-in';
  readonly user: HostUser;
  readonly outcome: SignInOutcome;
  /** RFC 8176. */
  readonly methods: readonly string[];
  /** Complete `Set-Cookie` lines besides those of the session. */
  readonly cookies: readonly string[];
}

/** What comes of a passkey: a sign-in, or a session that goes on and counts for more. */
export type PasskeyResult = PasskeySignedIn | { readonly kind: 'step-up'; readonly current: CurrentSession };

export interface PasskeySignIn {
  readonly answer: AssertionAnswer;
  /** The user in person who is signed in, if somebody is. */
  readonly principal: AuthPrincipal | null;
  /** @see SessionStart */
  readonly answersWithBody: boolean;
  readonly caller: Caller;
}

/** What a passkey is good for. */
@Injectable()
export class PasskeySignIns {
  constructor(
    private readonly authentications: Authentications,
    private readonly uses: PasskeyUses,
    private readonly ports: HostPorts,
    private readonly database: Database,
  ) {}

  /** @throws AuthError as {@link Authentications.prove}, and those of a sign-in */
  async signIn({ answer, principal, answersWithBody, caller }: PasskeySignIn): Promise<PasskeyResult> {
    const proven = await this.authentications.prove(answer, caller);
    const waiting = await this.waitingIn(caller);
    // It goes before a session: it is the newer of the two.
    if (waiting?.subjectId === proven.passkey.subject)
      return this.complete(proven, waiting, { answersWithBody, caller });
    if (proven.isStepUp && principal?.subjectId === proven.passkey.subject)
      return this.stepUp(proven, principal, caller);
    const user = await this.userOf(proven);
    const methods = methodsOf(proven);
    const outcome = await this.uses.noting(proven, caller, (note) =>
      this.ports.signInFlow.get().start(user, {
        epoch: proven.epoch,
        rememberMe: true,
        methods,
        answersWithBody,
        caller,
        spend: note,
      }),
    );
    return { kind: 'sign-in', user, outcome, methods, cookies: [] };
  }

  /** The sign-in of this browser that waits for a second factor, whatever there is for one; null: none waits. */
  async waitingIn({ headers }: Caller): Promise<WaitingSignIn | null> {
    const { waitingSignIns } = this.ports;
    return waitingSignIns.filled ? waitingSignIns.get().ofBrowser(headers) : null;
  }

  /** The sign-in that waited has its session. */
  private async complete(
    proven: ProvenPasskey,
    waiting: WaitingSignIn,
    how: { readonly answersWithBody: boolean; readonly caller: Caller },
  ): Promise<PasskeySignedIn> {
    const user = await this.userOf(proven);
    const shown = methodsOf(proven);
    if (!shown.includes('mfa') && waiting.methods.some((method) => method === 'hwk' || method === 'swk'))
      throw authenticationFailed('a passkey without a verified user is no second factor beside a passkey');
    const { epoch, rememberMe, cleared: cookies } = waiting;
    const methods = [...new Set([...waiting.methods, ...shown, 'mfa'])];
    const outcome = await this.uses.noting(proven, how.caller, (note) =>
      this.ports.signInFlow.get().complete(user, {
        ...how,
        ...{ epoch, rememberMe, methods },
        spend: async (tx) => {
          await note(tx);
          await waiting.spend(tx);
        },
      }),
    );
    return { kind: 'sign-in', user, outcome, methods, cookies };
  }

  private async userOf({ passkey: { subject } }: ProvenPasskey): Promise<HostUser> {
    const user = await this.ports.users.get().find(subject);
    if (!user) throw unknownCredential(`there is no user ${subject}`);
    return user;
  }

  /** The session goes on, and from now on counts for what has been shown (RFC 9470). */
  private async stepUp(proven: ProvenPasskey, principal: AuthPrincipal, caller: Caller): Promise<PasskeyResult> {
    requireInPerson(principal);
    const sessions = this.ports.sessions.get();
    const sessionId = principal.sessionId!;
    const methods = methodsOf(proven, principal);
    await this.uses.noting(proven, caller, (note) =>
      this.database.transaction(async (tx) => {
        await note(tx);
        if (!(await sessions.authenticate(tx, sessionId, methods))) throw sessionEnded();
      }),
    );
    const current = await sessions.find(sessionId);
    if (!current) throw sessionEnded();
    return { kind: 'step-up', current };
  }
}

/** What a passkey can add to how a user has signed in (RFC 8176). */
export const PASSKEY_METHODS: readonly string[] = ['hwk', 'user', 'mfa'];

/**
 * RFC 8176. One that can have copies is a key in software (`swk`). With a verified user a passkey is two factors: what they have, and what
 * they know or are. Without, it is one; beside a password it is the second.
 */
function methodsOf({ passkey, answer }: ProvenPasskey, principal?: AuthPrincipal): string[] {
  const key = passkey.multi_device ? 'swk' : 'hwk';
  if (answer.userVerified) return [key, 'user', 'mfa'];
  const before: unknown = principal?.claims['amr'];
  return Array.isArray(before) && before.includes('pwd') ? [key, 'mfa'] : [key];
}

function sessionEnded(): AuthError {
  return AuthError.invalidToken('the session has ended');
}
