import { Module, type OnModuleInit, type Provider } from '@nestjs/common';
import type { Transaction } from '../common/database/transaction.js';
import { Extensions } from '../common/extensions.js';
import { HostPorts } from '../common/ports/port.js';
import { sweepWhere } from '../common/sweeper/sweeper.js';
import { BrowserChallenges } from './challenge/browser-challenges.js';
import { ChallengeStore } from './challenge/challenge.store.js';
import { Challenges } from './challenge/challenges.js';
import { SecondFactorGate } from './challenge/second-factor.gate.js';
import { BackupCodes } from './factors/backup-codes.js';
import { MailCodes } from './factors/mail-codes.js';
import { TwoFactorStore } from './factors/two-factor.store.js';
import { TwoFactors } from './factors/two-factors.js';
import { BackupCodeUsedMail } from './mails/backup-code-used.mail.js';
import { FactorLockedMail } from './mails/factor-locked.mail.js';
import { SecondFactorCodeMail } from './mails/second-factor-code.mail.js';
import { Reauthentication } from './management/reauthentication.js';
import { TrustedDeviceController } from './management/trusted-device.controller.js';
import { TwoFactorController } from './management/two-factor.controller.js';
import { SecondFactorsService } from './management/second-factors.service.js';
import { TwoFactorService } from './management/two-factor.service.js';
import { ChallengePageController } from './pages/challenge-page.controller.js';
import { EnrolmentPageController } from './pages/enrolment-page.controller.js';
import { FactorPageController } from './pages/factor-page.controller.js';
import { FactorPages } from './pages/factor-pages.js';
import { FACTOR_PATH } from './pages/factor.parts.js';
import { NewFactors } from './pages/new-factors.js';
import { QrCodes } from './pages/qr-codes.js';
import { WaitingVisitors } from './pages/waiting-visitors.js';
import { TrustedDevices } from './trust/trusted-devices.js';
import { ConfigurableModuleClass, TWO_FACTOR_OPTIONS } from './two-factor.module-definition.js';
import { resolveTwoFactorOptions, TWO_FACTOR_SETTINGS } from './two-factor.options.js';
import { Claimants } from './verification/claimants.js';
import { CodeProofs } from './verification/code-proofs.js';
import { ProvenSignIns, SECOND_FACTOR_METHODS } from './verification/proven-sign-ins.js';
import { VerificationController } from './verification/verification.controller.js';
import { Verifications } from './verification/verifications.js';

const providers: Provider[] = [
  { provide: TWO_FACTOR_SETTINGS, useFactory: resolveTwoFactorOptions, inject: [TWO_FACTOR_OPTIONS] },
  TwoFactorStore,
  TwoFactors,
  BackupCodes,
  MailCodes,
  SecondFactorCodeMail,
  BackupCodeUsedMail,
  FactorLockedMail,
  TrustedDevices,
  ChallengeStore,
  Challenges,
  BrowserChallenges,
  SecondFactorGate,
  Claimants,
  CodeProofs,
  ProvenSignIns,
  Verifications,
  Reauthentication,
  SecondFactorsService,
  TwoFactorService,
  NewFactors,
  WaitingVisitors,
  QrCodes,
  FactorPages,
];

/**
 * A second factor at sign-in: codes of an app (RFC 6238), backup codes, codes by mail. Needs accounts, which start the sessions.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), AccountsModule.forRoot(), TwoFactorModule.forRoot()];
 */
@Module({
  controllers: [
    VerificationController,
    TwoFactorController,
    TrustedDeviceController,
    ChallengePageController,
    EnrolmentPageController,
    FactorPageController,
  ],
  providers,
  exports: [SecondFactorsService],
})
export class TwoFactorModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    extensions: Extensions,
    private readonly ports: HostPorts,
    private readonly factors: TwoFactors,
    private readonly store: TwoFactorStore,
    private readonly backupCodes: BackupCodes,
    private readonly devices: TrustedDevices,
    private readonly challenges: ChallengeStore,
    private readonly pictures: QrCodes,
    waiting: BrowserChallenges,
    gate: SecondFactorGate,
    codeMail: SecondFactorCodeMail,
    usedMail: BackupCodeUsedMail,
    lockedMail: FactorLockedMail,
  ) {
    super();
    extensions.add({
      name: 'twoFactor',
      ports: { waitingSignIns: waiting },
      mails: [codeMail, usedMail, lockedMail],
      pages: [{ area: 'account', path: FACTOR_PATH, title: 'factor.title', order: 25 }],
      secondFactor: (user, start) => gate.ask(user, start),
      raises: SECOND_FACTOR_METHODS,
      stepUpUrl: (wish) => gate.stepUpUrl(wish),
      onGetSession: async ({ user }, { clientId }) => (clientId === null ? { user: await this.shownOf(user.id) } : {}),
      // Also where the account has another `owner` the factor itself stays: whoever reads a mailbox could take it off.
      onCredentialChange: async (tx, subjectId) => {
        await this.forgetWaiting(tx, subjectId);
        // Whoever has begun to set an app up may not be who has changed the credential.
        await this.store.dropPending(tx, subjectId);
      },
      onSubjectEnd: async (tx, subjectId, end) => {
        await this.forgetWaiting(tx, subjectId);
        if (end !== 'forgotten') return;
        await this.store.remove(tx, subjectId);
        await this.backupCodes.remove(tx, subjectId);
      },
      sweeps: [
        sweepWhere('auth_two_factor_challenge', 'hash', `expires_at < now() - interval '10 minutes'`, 'expires_at'),
        sweepWhere('auth_trusted_device', 'id', 'expires_at < now()', 'expires_at'),
      ],
    });
  }

  async onModuleInit(): Promise<void> {
    if (!this.ports.signInFlow.filled)
      throw new Error(
        'twoFactor needs sign-ins to stand before. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot().',
      );
    await this.pictures.load();
  }

  private async shownOf(subjectId: string): Promise<{ twoFactorEnabled: boolean }> {
    return { twoFactorEnabled: (await this.factors.of(subjectId)).isOn };
  }

  private async forgetWaiting(tx: Transaction, subjectId: string): Promise<void> {
    await this.challenges.forget(tx, subjectId);
    await this.devices.forget(tx, subjectId);
  }
}
