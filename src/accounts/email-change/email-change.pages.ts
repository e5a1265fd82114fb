import { html } from '../../common/html.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import { text } from '../../common/texts/text.js';

/** After one of the two links. @param error its code; undefined: it was good */
export function emailChangePage(
  done: 'confirmed' | 'changed',
  error: string | undefined,
  accountUrl: string,
): PageReply {
  if (error !== undefined) return failedPage(error, accountUrl);
  const isDone = done === 'changed';
  return page({
    title: text(isDone ? 'changeEmail.doneTitle' : 'changeEmail.confirmedTitle'),
    body: html`
      ${picture('done')}
      <p id="${done}">${text(isDone ? 'changeEmail.done' : 'changeEmail.confirmed')}</p>
      <p><a class="button" href="${accountUrl}">${text('frame.account')}</a></p>
    `,
  });
}

function failedPage(error: string, accountUrl: string): PageReply {
  return page({
    title: text('changeEmail.failedTitle'),
    hasFault: true,
    body: html`
      ${picture('turnedAway')}
      <p id="failed">${text(error === 'INVALID_USER' ? 'changeEmail.otherUser' : 'changeEmail.failed')}</p>
      <p><a class="button" href="${accountUrl}">${text('frame.account')}</a></p>
    `,
  });
}

/** Asks before a change is taken back: opening a link must not do it, since mail scanners open all. */
export function undoPage(action: string, token: string, email: string): PageReply {
  return page({
    title: text('undoEmail.title'),
    body: html`
      <p>${text('undoEmail.about', { email })}</p>
      <form method="post" action="${action}">
        <input type="hidden" name="token" value="${token}" />
        <button id="undo">${text('undoEmail.button')}</button>
      </form>
    `,
  });
}

/** @param recoverUrl where a new password is asked for; null: passwords are not set here */
export function undonePage(recoverUrl: string | null, signInUrl: string): PageReply {
  return page({
    title: text('undoEmail.doneTitle'),
    body: html`
      ${picture('done')}
      <p id="undone">${text('undoEmail.done')}</p>
      <div class="row">
        ${recoverUrl !== null && html`<a id="recover" class="button" href="${recoverUrl}">${text('newPassword.title')}</a>`}
        <a class="button plain" href="${signInUrl}">${text('signIn.button')}</a>
      </div>
    `,
  });
}
