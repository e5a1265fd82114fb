import { Injectable } from '@nestjs/common';
import type { HeaderBag } from '../../common/ports/caller.js';
import type { WaitingSignIn, WaitingSignIns } from '../../common/ports/second-factor.js';
import { noChallenge } from '../two-factor.errors.js';
import { CHALLENGE_PATH, Challenges } from './challenges.js';

/** Sign-ins that wait, for capabilities with a second factor of their own. */
@Injectable()
export class BrowserChallenges implements WaitingSignIns {
  constructor(private readonly challenges: Challenges) {}

  async ofBrowser(headers: HeaderBag): Promise<WaitingSignIn | null> {
    const challenge = await this.challenges.ofBrowser(headers);
    if (!challenge || challenge.enrols) return null;
    const { subject: subjectId, epoch, amr: methods, remember: rememberMe } = challenge;
    return {
      ...{ subjectId, epoch, methods, rememberMe },
      cleared: this.challenges.cleared(),
      pageUrl: (continueTo) => this.challenges.pageUrl(CHALLENGE_PATH, continueTo),
      spend: async (tx) => {
        if (!(await this.challenges.spend(tx, challenge))) throw noChallenge();
      },
    };
  }
}
