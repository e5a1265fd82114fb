import { Inject, Injectable } from '@nestjs/common';
import { html } from '../../common/html.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { SignInPageContent } from '../../common/ports/sign-in-page.js';
import { text } from '../../common/texts/text.js';
import { PASSKEYS_SETTINGS, type PasskeysSettings } from '../passkeys.options.js';
import { passkeyForm } from './passkey-forms.js';
import { PASSKEY_SCRIPT } from './passkey.script.js';

const SIGN_IN_PATH = '/sign-in/passkey';

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
      ...this.formOf(continueTo),
      inBackground: true,
      button: html`<button id="passkey" class="plain">${text('passkeys.signIn')}</button>`,
      without: text('passkeys.signInWithout'),
    });
    return { scripted: { part, script: PASSKEY_SCRIPT, autocomplete: 'webauthn' } };
  }

  /** The page that asks for a passkey, as a second factor or as a stronger one. @param continueTo checked */
  page(continueTo: string, otherWay: string): PageReply {
    const form = passkeyForm({
      ...this.formOf(continueTo),
      button: html`<button id="passkey">${text('passkeys.use')}</button>`,
      without: text('passkeys.useWithout'),
    });
    return page({
      title: text('passkeys.useTitle'),
      script: PASSKEY_SCRIPT,
      formActions: continueTo.startsWith('/') ? [] : [continueTo],
      self: this.pageUrl(continueTo),
      body: html`<p>${text('passkeys.useAbout')}</p>
        ${form}
        <p><a id="other-way" href="${otherWay}">${text('passkeys.otherWay')}</a></p>`,
    });
  }

  /** That page, root-relative. */
  pageUrl(continueTo: string): string {
    return `${this.routes.publicPathOf(SIGN_IN_PATH)}?${new URLSearchParams({ continue: continueTo })}`;
  }

  private formOf(continueTo: string) {
    return {
      ceremony: 'get',
      action: this.routes.publicPathOf(SIGN_IN_PATH, 'POST'),
      optionsUrl: this.routes.publicPathOf('/passkey/generate-authenticate-options'),
      fields: html`<input type="hidden" name="continue" value="${continueTo}" />`,
    } as const;
  }
}
