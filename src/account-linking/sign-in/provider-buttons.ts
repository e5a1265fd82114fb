import { Injectable } from '@nestjs/common';
import type { SignInPageContent } from '../../common/ports/sign-in-page.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { providerMark } from '../providers/provider-marks.js';
import { ProviderDirectory } from '../providers/provider.directory.js';

/** The providers on the sign-in page: a form each, since a provider redirect stores a row and sets a cookie. */
@Injectable()
export class ProviderButtons {
  constructor(
    private readonly providers: ProviderDirectory,
    private readonly routes: AuthRoutes,
  ) {}

  async partOf(continueTo: string): Promise<SignInPageContent | null> {
    const action = this.routes.publicPathOf('/sign-in/provider', 'POST');
    const buttons = this.providers.all.map(({ settings: { providerId, displayName } }) => ({
      provider: displayName,
      mark: providerMark(providerId, displayName),
      action,
      fields: { provider: providerId, continue: continueTo },
    }));
    return buttons.length > 0 ? { buttons } : null;
  }
}
