import { html } from '../../common/html.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { text } from '../../common/texts/text.js';

export interface ConfirmModel {
  readonly action: string;
  /** Whose link it is. */
  readonly account: string;
  /** Somebody else who is signed in in this browser. */
  readonly signedInAs: string | null;
  /** What the button sends; null: nothing. */
  readonly fields: Readonly<Record<string, string | null>>;
}

/** Asks before a link signs in elsewhere than it was asked for; nothing has happened yet. */
export function confirmPage({ action, account, signedInAs, fields }: ConfirmModel): PageReply {
  const given = Object.entries(fields).filter(([, value]) => value !== null);
  return page({
    title: text('byMail.confirmTitle'),
    formActions: given.flatMap(([name, value]) => (name === 'token' || value!.startsWith('/') ? [] : [value!])),
    body: html`
      <p id="account">${text('byMail.confirm', { account })}</p>
      <p>${text('byMail.confirmOther')}</p>
      ${signedInAs !== null && html`<p class="warning">${text('byMail.confirmInstead', { account: signedInAs })}</p>`}
      <form method="post" action="${action}">
        ${given.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <button id="confirm">${text('byMail.confirmButton', { account })}</button>
      </form>
    `,
  });
}
