import { Inject, Injectable } from '@nestjs/common';
import { StepUpPages } from '../../common/guards/step-up-pages.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import type { BrowserUser } from '../codes/authorization-parameters.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

const BY_PASSWORD = ['pwd'];

/** Which strengths of sign-in can be had here, and where a user reaches them (RFC 9470 5). */
@Injectable()
export class Strengths {
  constructor(
    private readonly ladder: AcrLadder,
    private readonly pages: StepUpPages,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** Whether somebody can reach one of these at all. */
  canBeHad(wanted: readonly string[]): boolean {
    return this.canBeHadAtSignIn(wanted) || this.pages.raisersTo(wanted).length > 0;
  }

  /** Those that can be had, the weakest first (`acr_values_supported` of OIDC Discovery 3). */
  supported(): readonly string[] {
    return this.settings.acrValues.filter((one) => this.canBeHad([one]));
  }

  /** Whether this sign-in suffices. */
  isReached({ acr }: BrowserUser, wanted: readonly string[] | undefined): boolean {
    return wanted === undefined || this.ladder.suffices(acr, wanted);
  }

  /** The page on which this user adds what is missing. @returns null: there is none for them */
  pageFor(user: BrowserUser, wanted: readonly string[], continueTo: string): Promise<string | null> {
    const { subjectId, sessionId, methods } = user;
    return this.pages.urlFor({ subjectId, sessionId, methods, acr: wanted, continueTo });
  }

  /** Whether another sign-in may reach one of these. A page of the host's own may know more ways than we do. */
  canBeHadAtSignIn(wanted: readonly string[]): boolean {
    if (this.ladder.suffices(this.ladder.of(BY_PASSWORD), wanted)) return true;
    if (this.settings.pages.login !== null) return wanted.some((one) => this.settings.acrValues.includes(one));
    return this.pages.raisersTo(wanted).some(({ stepUpUrl }) => stepUpUrl === undefined);
  }
}
