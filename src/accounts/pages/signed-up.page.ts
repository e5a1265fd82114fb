import { html } from '../../common/html.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import { text } from '../../common/texts/text.js';

/** After a sign-up that starts no session. */
export function signedUpPage(signInUrl: string, needsVerification: boolean): PageReply {
  return page({
    title: text('signedUp.title'),
    body: html`
      ${picture('done')}
      <p id="signed-up">${text(needsVerification ? 'signedUp.verify' : 'signedUp.signIn')}</p>
      <p><a class="button" href="${signInUrl}">${text('signIn.button')}</a></p>
    `,
  });
}
