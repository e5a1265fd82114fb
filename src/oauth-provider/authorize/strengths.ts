import { Inject, Injectable } from '@nestjs/common';
import type { Extension } from '../../common/extension.js';
import { Extensions } from '../../common/extensions.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import type { BrowserUser } from '../codes/authorization-parameters.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

const BY_PASSWORD = ['pwd'];

/** Which strengths of sign-in can be had here, and where a user reaches them (RFC 9470 5). */
@Injectable()
export class Strengths {
  constructor(
    private readonly ladder: AcrLadder,
    private readonly extensions: Extensions,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** Whether somebody can reach one of these at all. */
  canBeHad(wanted: readonly string[]): boolean {
    return this.canBeHadAtSignIn(wanted) || this.extensions.all.some((extension) => this.raisesTo(extension, wanted));
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
  async pageFor(user: BrowserUser, wanted: readonly string[], continueTo: string): Promise<string | null> {
    const { subjectId, sessionId, methods } = user;
    for (const extension of this.extensions.all) {
      if (!this.raisesTo(extension, wanted)) continue;
      const url = await extension.stepUpUrl?.({ subjectId, sessionId, methods, acr: wanted, continueTo });
      if (url) return url;
    }
    return null;
  }

  /** Whether another sign-in may reach one of these. A page of the host's own may know more ways than we do. */
  canBeHadAtSignIn(wanted: readonly string[]): boolean {
    if (this.ladder.suffices(this.ladder.of(BY_PASSWORD), wanted)) return true;
    if (this.settings.pages.login !== null) return wanted.some((one) => this.settings.acrValues.includes(one));
    return this.extensions.all.some((one) => one.stepUpUrl === undefined && this.raisesTo(one, wanted));
  }

  private raisesTo({ raises }: Extension, wanted: readonly string[]): boolean {
    return raises !== undefined && this.ladder.suffices(this.ladder.of([...BY_PASSWORD, ...raises]), wanted);
  }
}
