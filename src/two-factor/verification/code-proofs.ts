import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { Outbox } from '../../common/mail/outbox.js';
import type { Caller } from '../../common/ports/caller.js';
import { BackupCodes } from '../factors/backup-codes.js';
import { MailCodes } from '../factors/mail-codes.js';
import { TwoFactorStore } from '../factors/two-factor.store.js';
import { TwoFactors, type FactorState } from '../factors/two-factors.js';
import {
  backupCodesNotEnabled,
  invalidBackupCode,
  invalidCode,
  otpNotConfigured,
  totpNotEnabled,
  twoFactorNotEnabled,
} from '../two-factor.errors.js';
import type { Claimant } from './claimants.js';

/** Of an app, by mail, or from the list on paper. */
export type CodeKind = 'totp' | 'otp' | 'backup';

/** A code that fits. */
export interface CodeProof {
  /** It confirms an app that is being set up. */
  readonly activates: boolean;
  /**
   * Uses the code up, in the transaction of what it is for.
   * @returns how many backup codes are left; null: it was none
   * @throws AuthError 401 when it was used before
   */
  spend(tx: Transaction): Promise<number | null>;
}

const NOTICE_SECONDS = 86_400;

/** Looks codes up, of every kind. */
@Injectable()
export class CodeProofs {
  constructor(
    private readonly factors: TwoFactors,
    private readonly store: TwoFactorStore,
    private readonly mailCodes: MailCodes,
    private readonly backupCodes: BackupCodes,
    private readonly outbox: Outbox,
  ) {}

  /** Whether the user has such codes. @throws AuthError 400 with the code of what is missing */
  requireOffered(kind: CodeKind, state: FactorState): void {
    if (kind === 'totp' && !state.app && !state.pendingApp) throw totpNotEnabled();
    if (kind === 'totp') return;
    if (!state.isOn) throw kind === 'otp' ? twoFactorNotEnabled() : backupCodesNotEnabled();
    if (kind === 'otp' && !this.mailCodes.areFor(state)) throw otpNotConfigured();
  }

  /** @throws AuthError 401 `INVALID_CODE`, 400 `OTP_HAS_EXPIRED` */
  async of(kind: CodeKind, code: string, state: FactorState, claimant: Claimant, caller: Caller): Promise<CodeProof> {
    if (kind === 'totp') return this.ofApp(code, state, claimant);
    if (kind === 'otp') return this.ofMail(code, claimant);
    return { activates: false, spend: (tx) => this.spendBackupCode(tx, claimant.user.id, code, caller) };
  }

  private ofApp(code: string, state: FactorState, { user: { id }, challenge }: Claimant): CodeProof {
    // A secret that waits is confirmed by who is signed in, or is setting up what they must have; never by a sign-in.
    const takesPending = challenge === null || challenge.enrols;
    const fitting = this.factors.fitting(state, code, takesPending);
    if (!fitting) throw invalidCode('of no step that counts now');
    const spend = async (tx: Transaction) => {
      if (!(await this.factors.use(tx, id, fitting))) throw invalidCode('its step was used before');
      if (fitting.isPending) await this.backupCodes.confirm(tx, id);
      return null;
    };
    return { activates: fitting.isPending, spend };
  }

  private async ofMail(code: string, { key, user: { id } }: Claimant): Promise<CodeProof> {
    const codeId = await this.mailCodes.fitting(key, code);
    if (codeId === null) throw invalidCode('not the one that was sent');
    const spend = async (tx: Transaction) => {
      if (!(await this.mailCodes.use(tx, codeId))) throw invalidCode('used by another request');
      await this.store.passed(tx, id);
      return null;
    };
    return { activates: false, spend };
  }

  private async spendBackupCode(tx: Transaction, subject: string, code: string, caller: Caller): Promise<number> {
    if (!(await this.backupCodes.spend(tx, subject, code))) throw invalidBackupCode('unknown, or used before');
    await this.store.passed(tx, subject);
    const codesLeft = await this.backupCodes.left(subject, tx);
    const { address: ipAddress, userAgent } = caller;
    const facts = { codesLeft: String(codesLeft), ipAddress, userAgent };
    await this.outbox.order({ kind: 'backup-code-used', subject, facts, usefulSeconds: NOTICE_SECONDS }, tx);
    return codesLeft;
  }
}
