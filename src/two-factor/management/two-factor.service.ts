import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import type { Caller } from '../../common/ports/caller.js';
import type { ChangeTerms } from '../../common/ports/credential-change.js';
import { HostPorts } from '../../common/ports/port.js';
import type { StartedSession } from '../../common/ports/sessions.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { SecondFactorGate } from '../challenge/second-factor.gate.js';
import { BackupCodes } from '../factors/backup-codes.js';
import { MailCodes } from '../factors/mail-codes.js';
import { newTotpSecret, totpUri } from '../factors/totp.js';
import { TwoFactorStore } from '../factors/two-factor.store.js';
import { TwoFactors, type FactorState } from '../factors/two-factors.js';
import { factorRequired, otpNotConfigured, totpNotEnabled, twoFactorNotEnabled } from '../two-factor.errors.js';
import { TWO_FACTOR_SETTINGS, type TwoFactorSettings } from '../two-factor.options.js';
import type { Claimant } from '../verification/claimants.js';
import { Reauthentication } from './reauthentication.js';
import { SecondFactorsService } from './second-factors.service.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** A user has a new list of backup codes; the one before is void. */
    'two-factor.backup-codes-replaced': { subjectId: string };
  }
}

/** An app to set up. */
export interface NewApp {
  readonly totpUri: string;
  /** In Base32, to be typed. */
  readonly secret: string;
  readonly backupCodes: readonly string[];
}

/** A user who is signed in, and what they show. */
export interface Owner {
  readonly claimant: Claimant;
  readonly caller: Caller;
  readonly principal: AuthPrincipal;
  readonly password: string | undefined;
}

/** What users do with their second factor. */
@Injectable()
export class TwoFactorService {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectStore,
    private readonly factors: TwoFactors,
    private readonly store: TwoFactorStore,
    private readonly backupCodes: BackupCodes,
    private readonly mailCodes: MailCodes,
    private readonly gate: SecondFactorGate,
    private readonly reauthentication: Reauthentication,
    private readonly secondFactors: SecondFactorsService,
    private readonly ports: HostPorts,
    private readonly events: AuthEvents,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
    @Inject(TWO_FACTOR_SETTINGS) private readonly settings: TwoFactorSettings,
  ) {}

  /** Begins to set up an app, or another one in its place: the one before counts until a code of the new one has come. */
  async beginApp(owner: Owner, issuer?: string): Promise<NewApp> {
    await this.requireOwner(owner);
    return this.newApp(owner.claimant, issuer);
  }

  /** The same for who must have one and has shown their first factor just now. @param claimant whose sign-in waits for it */
  async newApp({ user, epoch }: Claimant, issuer?: string): Promise<NewApp> {
    const secret = newTotpSecret();
    const backupCodes = await this.database.transaction(async (tx) => {
      await this.subjects.hold(tx, user.id, epoch);
      await this.factors.begin(tx, user.id, secret);
      return this.backupCodes.replace(tx, user.id, true);
    });
    return { totpUri: this.uriOf(secret, user, issuer), secret, backupCodes };
  }

  /**
   * Codes by mail count from now on.
   * @returns backup codes where there were none; and the session that goes on, null: the one that there was
   */
  async chooseMail(
    owner: Owner,
    caller: Caller,
  ): Promise<{ backupCodes: string[] | null; started: StartedSession | null }> {
    if (!this.mailCodes.isOn) throw otpNotConfigured();
    const { user } = owner.claimant;
    const state = await this.requireOwner(owner);
    this.mailCodes.requireVerified(user);
    const session = await this.database.transaction((tx) =>
      this.ports.sessions.get().hold(tx, owner.claimant.sessionId!),
    );
    let backupCodes: string[] | null = null;
    const { endOtherSessions: endSessions } = this.settings;
    const write = async (tx: Transaction) => {
      await this.store.chooseMail(tx, user.id);
      backupCodes = state.isOn ? null : await this.backupCodes.replace(tx, user.id, false);
    };
    const epoch = await this.change(owner.claimant, { factor: 'mail-codes-added', caller, endSessions, write });
    this.events.emit('two-factor.enabled', { subjectId: user.id, method: 'otp' });
    if (!endSessions || !session) return { backupCodes, started: null };
    const { methods, remember: rememberMe } = session;
    const start = { epoch, rememberMe, methods, answersWithBody: true, caller };
    return { backupCodes, started: await this.ports.signInFlow.get().complete(user, start) };
  }

  /** @throws AuthError 403 `TWO_FACTOR_REQUIRED` for who must have one */
  async disable(owner: Owner, caller: Caller): Promise<void> {
    const { user } = owner.claimant;
    const state = await this.requireOwner(owner);
    if (!state.isOn) throw twoFactorNotEnabled();
    if (await this.gate.mustEnrol(user)) throw factorRequired();
    await this.secondFactors.remove(user.id, { epoch: owner.claimant.epoch, caller });
  }

  /** Of the app that counts; before there is one, of the one that is being set up. */
  async totpUri(owner: Owner): Promise<string> {
    const { app, pendingApp } = await this.requireOwner(owner);
    const secret = (app ?? pendingApp)?.secret;
    if (secret === undefined) throw totpNotEnabled();
    return this.uriOf(secret, owner.claimant.user);
  }

  /** Ten new ones; those before are void. */
  async replaceBackupCodes(owner: Owner, caller: Caller): Promise<string[]> {
    const { user } = owner.claimant;
    const state = await this.requireOwner(owner);
    if (!state.isOn) throw twoFactorNotEnabled();
    let codes: string[] = [];
    const write = async (tx: Transaction) => {
      codes = await this.backupCodes.replace(tx, user.id, false);
    };
    await this.change(owner.claimant, { factor: 'codes-replaced', caller, endSessions: false, write });
    this.events.emit('two-factor.backup-codes-replaced', { subjectId: user.id });
    return codes;
  }

  uriOf(secret: string, { email: account }: HostUser, issuer?: string): string {
    const ownIssuer = this.settings.issuer ?? this.core.pages.name ?? this.core.issuerUrl.hostname;
    return totpUri({ secret, issuer: issuer ?? ownIssuer.replaceAll(':', ' '), account });
  }

  /** Who has a factor shows it, and everybody shows their password. */
  private async requireOwner({ claimant, principal, password, caller }: Owner): Promise<FactorState> {
    const state = await this.factors.of(claimant.user.id);
    if (state.isOn) await this.reauthentication.requireSecondFactor(principal);
    await this.reauthentication.requirePassword(claimant.user, principal, password, caller);
    return state;
  }

  private change(
    { user, epoch }: Claimant,
    terms: Omit<ChangeTerms, 'subjectId' | 'change' | 'epoch'>,
  ): Promise<number> {
    return this.ports.credentialChanges.get().make({ subjectId: user.id, change: 'factor', epoch, ...terms });
  }
}
