import { Inject, Injectable } from '@nestjs/common';
import { Extensions } from '../../common/extensions.js';
import type { FactorOffer, SecondFactor } from '../../common/ports/second-factor.js';
import type { SessionStart } from '../../common/ports/sessions.js';
import type { StepUpWish } from '../../common/ports/step-up-wish.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { MailCodes } from '../factors/mail-codes.js';
import { TwoFactors, type FactorState } from '../factors/two-factors.js';
import { TrustedDevices } from '../trust/trusted-devices.js';
import { TWO_FACTOR_SETTINGS, type TwoFactorSettings } from '../two-factor.options.js';
import { CHALLENGE_PATH, Challenges, type Asked } from './challenges.js';

/** RFC 8176 2. */
const KEYS: ReadonlySet<string> = new Set(['hwk', 'swk']);

/** Decides, for every door by which users come in, whether a second factor is due. */
@Injectable()
export class SecondFactorGate {
  constructor(
    private readonly factors: TwoFactors,
    private readonly mailCodes: MailCodes,
    private readonly devices: TrustedDevices,
    private readonly challenges: Challenges,
    private readonly extensions: Extensions,
    @Inject(TWO_FACTOR_SETTINGS) private readonly settings: TwoFactorSettings,
  ) {}

  /** @returns null: what they have shown suffices */
  async ask(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<SecondFactor | null> {
    if (start.methods?.includes('mfa')) return null;
    const state = await this.factors.of(user.id);
    if (!state.isOn && !(await this.mustEnrol(user))) return null;
    if (state.isOn && (await this.devices.areTrusted(user.id, start.caller.headers))) return null;
    const offered = (await this.offersFor(user.id, start.methods)).map(({ method }) => method);
    // Whoever has another factor shows that one: by the first alone nobody sets one up.
    const enrols = !state.isOn && offered.length === 0;
    return this.asking(user, start, { methods: [...this.methodsOf(state), ...offered], enrols });
  }

  /** Factors of other capabilities. @param shown how the user has signed in so far: a key is not a second factor beside itself */
  async offersFor(subjectId: string, shown: readonly string[] = []): Promise<FactorOffer[]> {
    if (shown.some((method) => KEYS.has(method))) return [];
    const offers = await Promise.all(this.extensions.all.map(({ factorOf }) => factorOf?.(subjectId)));
    return offers.filter((offer) => offer !== undefined && offer !== null);
  }

  /** Where a user who is signed in shows a code; null: they have none. */
  async stepUpUrl({ subjectId, continueTo }: StepUpWish): Promise<string | null> {
    return (await this.factors.of(subjectId)).isOn ? this.challenges.pageUrl(CHALLENGE_PATH, continueTo) : null;
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
