import { html, type Html, type HtmlValue } from '../../common/html.js';
import { text, type Text } from '../../common/texts/text.js';

/** A form that the script of passkeys sends (`passkey.script.ts`), and what is said to those for whom it does not run. */
export interface PasskeyFormModel {
  readonly ceremony: 'create' | 'get';
  /** Where the form is sent, and where the script asks for options. */
  readonly action: string;
  readonly optionsUrl: string;
  /** The browser also offers passkeys in the field of the address (`mediation: 'conditional'`). */
  readonly inBackground?: true;
  readonly fields: HtmlValue;
  readonly button: Html;
  /** What there is to do without. */
  readonly without: Text;
}

export function passkeyForm(model: PasskeyFormModel): Html {
  const { ceremony, action, optionsUrl, inBackground, fields, button, without } = model;
  return html`<form
      id="passkey-ready"
      hidden
      method="post"
      action="${action}"
      data-passkey="${ceremony}"
      data-options="${optionsUrl}"
      ${inBackground && html` data-background=""`}
    >
      <input type="hidden" name="response" value="" />${fields}${button}
      <p id="passkey-failed" class="error" role="alert" hidden>${text('passkeys.failed')}</p>
    </form>
    <noscript><p class="soft">${without}</p></noscript>`;
}
