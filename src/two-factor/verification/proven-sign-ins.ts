import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SessionSignIn, StartedSession } from '../../common/ports/sessions.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { Challenges } from '../challenge/challenges.js';
import { TrustedDevices } from '../trust/trusted-devices.js';
import { noChallenge } from '../two-factor.errors.js';
import { TWO_FACTOR_SETTINGS, type TwoFactorSettings } from '../two-factor.options.js';
import type { Claimant } from './claimants.js';
import type { CodeProof } from './code-proofs.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** A user has a second factor, or another one, from now on. */
    'two-factor.enabled': { subjectId: string; method: 'totp' | 'otp' };
  }
}

/** RFC 8176 2. */
export const SECOND_FACTOR_METHODS: readonly string[] = ['otp', 'mfa'];

/** What else is asked for with a code. */
export interface ProofWish {
  /** Not to be asked again in this browser. */
  readonly trustDevice: boolean;
  readonly answersWithBody: boolean;
  /** Only that the code is good: no session starts, and the sign-in goes on waiting. */
  readonly onlyCode?: boolean;
}

/** What a code has led to. */
export interface Proven {
  readonly claimant: Claimant;
  /** Null: the session that there was goes on, or none was asked for. */
  readonly started: StartedSession | null;
  /** What an authorization request needs of it; null: there is no session. */
  readonly signIn: SessionSignIn | null;
  /** Complete `Set-Cookie` lines besides those of the session. */
  readonly cookies: readonly string[];
  readonly backupCodesLeft: number | null;
}

/** What happens in the transaction that spends the code. */
interface Spent {
  codesLeft: number | null;
  cookie: string | null;
  /** Of the session that there was. */
  signIn?: SessionSignIn | null;
}

/** What a right code is good for: a session, a stronger one, or a factor that counts from now on. */
@Injectable()
export class ProvenSignIns {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectStore,
    private readonly challenges: Challenges,
    private readonly devices: TrustedDevices,
    private readonly ports: HostPorts,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
    @Inject(TWO_FACTOR_SETTINGS) private readonly settings: TwoFactorSettings,
  ) {}

  async accept(proof: CodeProof, claimant: Claimant, wish: ProofWish, caller: Caller): Promise<Proven> {
    if (proof.activates) return this.activate(proof, claimant, wish, caller);
    if (wish.onlyCode) return this.spendOnly(proof, claimant);
    return claimant.challenge
      ? this.complete(proof, claimant, wish, caller)
      : this.stepUp(proof, claimant, wish, caller);
  }

  /** The sign-in that waited has its session: code and challenge are spent in the transaction that starts it. */
  private async complete(proof: CodeProof, claimant: Claimant, wish: ProofWish, caller: Caller): Promise<Proven> {
    const spent: Spent = { codesLeft: null, cookie: null };
    const started = await this.start(
      claimant,
      claimant.epoch,
      await this.before(claimant),
      wish,
      caller,
      async (tx) => {
        // The user first, as everywhere (docs/architecture.md, "Lock order").
        await this.subjects.hold(tx, claimant.user.id, claimant.epoch);
        if (!(await this.challenges.spend(tx, claimant.challenge!))) throw noChallenge();
        spent.codesLeft = await proof.spend(tx);
        spent.cookie = await this.trustIn(tx, claimant, wish, caller);
      },
    );
    return this.proven(claimant, started, spent);
  }

  /** The session that there is is stronger and fresher from now on. */
  private async stepUp(proof: CodeProof, claimant: Claimant, wish: ProofWish, caller: Caller): Promise<Proven> {
    const spent = await this.database.transaction(async (tx): Promise<Spent> => {
      await this.subjects.hold(tx, claimant.user.id, claimant.epoch);
      await this.strengthen(tx, claimant);
      const codesLeft = await proof.spend(tx);
      const signIn = await this.ports.sessions.get().hold(tx, claimant.sessionId!);
      return { codesLeft, signIn, cookie: await this.trustIn(tx, claimant, wish, caller) };
    });
    return this.proven(claimant, null, spent);
  }

  /** An app counts from now on. Whoever has shown that they have it goes on in a session of that strength, and nobody else does. */
  private async activate(proof: CodeProof, claimant: Claimant, wish: ProofWish, caller: Caller): Promise<Proven> {
    const before = await this.before(claimant);
    const goesOn = claimant.challenge === null && !this.settings.endOtherSessions;
    const renewed = await this.ports.credentialChanges.get().make({
      subjectId: claimant.user.id,
      change: 'factor',
      factor: 'app-added',
      epoch: claimant.epoch,
      endSessions: !goesOn && this.settings.endOtherSessions,
      caller,
      write: async (tx) => {
        if (goesOn) await this.strengthen(tx, claimant);
        if (claimant.challenge && !(await this.challenges.spend(tx, claimant.challenge))) throw noChallenge();
        await proof.spend(tx);
      },
    });
    this.events.emit('two-factor.enabled', { subjectId: claimant.user.id, method: 'totp' });
    const spent: Spent = { codesLeft: null, cookie: null };
    const trust = async (tx: Transaction) => {
      spent.cookie = await this.trustIn(tx, claimant, wish, caller);
    };
    if (!goesOn) return this.proven(claimant, await this.start(claimant, renewed, before, wish, caller, trust), spent);
    await this.database.transaction(trust);
    return this.proven(claimant, null, spent);
  }

  private async spendOnly(proof: CodeProof, claimant: Claimant): Promise<Proven> {
    const codesLeft = await this.database.transaction(async (tx) => {
      await this.subjects.hold(tx, claimant.user.id, claimant.epoch);
      return proof.spend(tx);
    });
    return { claimant, started: null, signIn: null, cookies: [], backupCodesLeft: codesLeft };
  }

  /** How the user has come here. @throws AuthError 401 when their session has ended */
  private async before({ challenge, sessionId }: Claimant): Promise<{ methods: readonly string[]; remember: boolean }> {
    if (challenge) return { methods: challenge.amr, remember: challenge.remember };
    const session = await this.database.transaction((tx) => this.ports.sessions.get().hold(tx, sessionId!));
    if (!session) throw AuthError.unauthenticated();
    return session;
  }

  private start(
    { user }: Claimant,
    epoch: number,
    before: { readonly methods: readonly string[]; readonly remember: boolean },
    { answersWithBody }: ProofWish,
    caller: Caller,
    spend: (tx: Transaction) => Promise<void>,
  ): Promise<StartedSession> {
    const methods = [...new Set([...before.methods, ...SECOND_FACTOR_METHODS])];
    const start = { epoch, rememberMe: before.remember, methods, answersWithBody, caller, spend };
    return this.ports.signInFlow.get().complete(user, start);
  }

  private async strengthen(tx: Transaction, { sessionId }: Claimant): Promise<void> {
    if (!(await this.ports.sessions.get().authenticate(tx, sessionId!, SECOND_FACTOR_METHODS)))
      throw AuthError.unauthenticated();
  }

  private async trustIn(tx: Transaction, { user }: Claimant, { trustDevice }: ProofWish, caller: Caller) {
    return trustDevice && this.devices.areOn ? this.devices.trust(tx, user.id, caller) : null;
  }

  private proven(claimant: Claimant, started: StartedSession | null, spent: Spent): Proven {
    const { codesLeft, cookie, signIn = null } = spent;
    return {
      claimant,
      started,
      signIn: started?.signIn ?? signIn,
      cookies: [...this.challenges.cleared(), ...(cookie === null ? [] : [cookie])],
      backupCodesLeft: codesLeft,
    };
  }
}
