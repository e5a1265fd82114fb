import { Inject, Injectable } from '@nestjs/common';
import type { SecondFactor } from '../../common/ports/second-factor.js';
import type { SessionStart } from '../../common/ports/sessions.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { MailCodes } from '../factors/mail-codes.js';
import { TwoFactors, type FactorState } from '../factors/two-factors.js';
import { TrustedDevices } from '../trust/trusted-devices.js';
import { TWO_FACTOR_SETTINGS, type TwoFactorSettings } from '../two-factor.options.js';
import { Challenges, type Asked } from './challenges.js';

/** Decides, for every door by which users come in, whether a second factor is due. */
@Injectable()
export class SecondFactorGate {
  constructor(
    private readonly factors: TwoFactors,
    private readonly mailCodes: MailCodes,
    private readonly devices: TrustedDevices,
    private readonly challenges: Challenges,
    @Inject(TWO_FACTOR_SETTINGS) private readonly settings: TwoFactorSettings,
  ) {}

  /** @returns null: what they have shown suffices */
  async ask(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<SecondFactor | null> {
    if (start.methods?.includes('mfa')) return null;
    const state = await this.factors.of(user.id);
    if (!state.isOn)
      return (await this.mustEnrol(user)) ? this.asking(user, start, { methods: [], enrols: true }) : null;
    if (await this.devices.areTrusted(user.id, start.caller.headers)) return null;
    return this.asking(user, start, { methods: this.methodsOf(state), enrols: false });
  }

  /** The host wants this user to have a second factor. */
  async mustEnrol(user: HostUser): Promise<boolean> {
    return (await this.settings.requireFor?.(user)) === true;
  }

  /** By which codes, besides backup codes. */
  methodsOf(state: FactorState): string[] {
    return [...(state.app ? ['totp'] : []), ...(this.mailCodes.areFor(state) ? ['otp'] : [])];
  }

  private asking(user: HostUser, start: Omit<SessionStart, 'subjectId'>, asked: Asked): SecondFactor {
    return { begin: (tx) => this.challenges.begin(tx, user.id, start, asked) };
  }
}
