import { Inject, Injectable } from '@nestjs/common';
import { html } from '../../common/html.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { SignInPageContent } from '../../common/ports/sign-in-page.js';
import { text } from '../../common/texts/text.js';
import { PASSKEYS_SETTINGS, type PasskeysSettings } from '../passkeys.options.js';
import { passkeyForm } from './passkey-forms.js';
import { PASSKEY_SCRIPT } from './passkey.script.js';

/** Passkeys on the sign-in page: a button, and in the list of the field of the address. */
@Injectable()
export class SignInPart {
  constructor(
    private readonly routes: AuthRoutes,
    @Inject(PASSKEYS_SETTINGS) private readonly settings: PasskeysSettings,
  ) {}

  async partOf(continueTo: string): Promise<SignInPageContent | null> {
    if (!this.settings.signInPage) return null;
    const part = passkeyForm({
      ceremony: 'get',
      action: this.routes.publicPathOf('/sign-in/passkey', 'POST'),
      optionsUrl: this.routes.publicPathOf('/passkey/generate-authenticate-options'),
      inBackground: true,
      fields: html`<input type="hidden" name="continue" value="${continueTo}" />`,
      button: html`<button id="passkey" class="plain">${text('passkeys.signIn')}</button>`,
      without: text('passkeys.signInWithout'),
    });
    return { scripted: { part, script: PASSKEY_SCRIPT, autocomplete: 'webauthn' } };
  }
}
