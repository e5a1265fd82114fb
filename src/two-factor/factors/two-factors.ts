import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/database/transaction.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { totpContext } from './factor-contexts.js';
import { stepOf } from './totp.js';
import { TwoFactorStore } from './two-factor.store.js';

/** A secret of an app, and how it is stored. */
interface AppSecret {
  readonly secret: string;
  readonly sealed: Buffer;
}

/** What a user has. */
export interface FactorState {
  /** They are asked for a second factor. */
  readonly isOn: boolean;
  readonly app: AppSecret | null;
  /** Shown to them, and not yet confirmed by a code. */
  readonly pendingApp: AppSecret | null;
  readonly mailCodes: boolean;
  readonly enabledAt: Date | null;
}

/** A code that fits, and that may have been used. */
export interface FittingCode {
  readonly step: number;
  readonly app: AppSecret;
  /** Of the app that is being set up. */
  readonly isPending: boolean;
}

/** The second factors of users: their secrets are sealed with the id of the user. */
@Injectable()
export class TwoFactors {
  constructor(
    private readonly store: TwoFactorStore,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  async of(subject: string): Promise<FactorState> {
    const row = await this.store.find(subject);
    return {
      // Also when no key opens the secret: who cannot be asked is not let in without.
      isOn: row !== null && (row.secret !== null || row.mail_codes),
      app: this.opened(subject, row?.secret ?? null),
      pendingApp: this.opened(subject, row?.pending_secret ?? null),
      mailCodes: row?.mail_codes ?? false,
      enabledAt: row?.enabled_at ?? null,
    };
  }

  async begin(tx: Transaction, subject: string, secret: string): Promise<void> {
    await this.store.setPending(tx, subject, this.box.seal(secret, totpContext(subject)));
  }

  /** The app whose code this is. @param takesPending codes of an app that is being set up count too */
  fitting(state: FactorState, code: string, takesPending: boolean): FittingCode | null {
    const apps = [
      { app: takesPending ? state.pendingApp : null, isPending: true },
      { app: state.app, isPending: false },
    ];
    for (const { app, isPending } of apps) {
      const step = app && stepOf(app.secret, code, this.clock.now());
      if (app && step !== null) return { step, app, isPending };
    }
    return null;
  }

  /** @returns false when the code was used before, or the secret is another one now */
  async use(tx: Transaction, subject: string, { step, app, isPending }: FittingCode): Promise<boolean> {
    if (isPending) return this.store.activate(tx, subject, app.sealed, step);
    const resealed = this.box.isCurrent(app.sealed) ? null : this.box.seal(app.secret, totpContext(subject));
    return this.store.useStep(tx, subject, step, resealed);
  }

  private opened(subject: string, sealed: Buffer | null): AppSecret | null {
    const secret = sealed && this.box.open(sealed, totpContext(subject));
    return sealed && secret ? { secret, sealed } : null;
  }
}
