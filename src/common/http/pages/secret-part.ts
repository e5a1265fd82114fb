import { html, type Html } from '../../html.js';
import type { Text } from '../../texts/text.js';

/** A secret on the only page that shows it. Copied by selection: one click selects all of it. @param once says so */
export function secretPart(secret: string, once: Text): Html {
  return html`<div class="warning" id="revealed" role="status">
      <p>${once}</p>
    </div>
    <p><code class="secret" id="secret" dir="ltr" tabindex="0">${secret}</code></p>`;
}
