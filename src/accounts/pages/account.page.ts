import type { HostUser } from '../../common/ports/user-directory.js';
import { html } from '../../common/html.js';
import { page } from '../../common/http/pages/page.js';
import type { HttpReply } from '../../common/http/request/reply.js';

/** Where a sign-in leads that was not begun for another page. */
export function accountPage(user: HostUser, signOutAction: string): HttpReply<string> {
  return page({
    title: 'Signed in',
    body: html`
      <p>You are signed in as <strong>${user.name || user.email}</strong> (${user.email}).</p>
      <form method="post" action="${signOutAction}">
        <button id="sign-out" class="plain">Sign out</button>
      </form>
    `,
  });
}

export function signedOutPage(signInUrl: string): HttpReply<string> {
  return page({
    title: 'Signed out',
    body: html`
      <p id="signed-out">You are signed out.</p>
      <p><a href="${signInUrl}">Sign in again</a></p>
    `,
  });
}

/** After a sign-up that starts no session. */
export function signedUpPage(signInUrl: string, needsVerification: boolean): HttpReply<string> {
  return page({
    title: 'Your account is ready',
    body: html`
      <p id="signed-up" class="note">
        ${needsVerification ? 'Verify your e-mail address, then sign in.' : 'You can sign in now.'}
      </p>
      <p><a href="${signInUrl}">Sign in</a></p>
    `,
  });
}
