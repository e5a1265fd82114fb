import { html, type Html, type HtmlValue } from '../../common/html.js';
import type { SessionView } from '../../common/ports/sessions.js';
import { deviceName } from '../../common/texts/device-name.js';
import { text } from '../../common/texts/text.js';
import { ago, day } from '../../common/texts/time.js';

/** One session in a list. @param action the form that ends it; nothing for the session of whoever looks */
export function sessionCard(session: SessionView, isOwn: boolean, action: HtmlValue): Html {
  return html`<li>
    <h2>
      <bdi>${deviceName(session.userAgent) ?? text('sessions.unknownDevice')}</bdi>
      ${isOwn && html`<span class="tag">${text('sessions.this')}</span>`}
    </h2>
    <dl>
      <dt>${text('sessions.signedIn')}</dt>
      <dd>${ago(session.createdAt)}</dd>
      <dt>${text('sessions.address')}</dt>
      <dd><bdi>${session.ipAddress ?? text('frame.unknown')}</bdi></dd>
      <dt>${text('sessions.until')}</dt>
      <dd>${day(session.expiresAt)}</dd>
    </dl>
    ${action}
  </li>`;
}
