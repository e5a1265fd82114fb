import { Injectable } from '@nestjs/common';
import { html, type Html, type HtmlValue } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { text } from '../../common/texts/text.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import type { ApiKeyView } from '../keys/api-key.view.js';
import { inDays } from './in-days.js';
import { overlapsOf } from './key-form.js';
import { handleOf } from './key-owners.js';
import { orderField } from './new-key.page.js';

/** What can be done with one key. */
@Injectable()
export class KeyForms {
  constructor(private readonly area: AccountArea) {}

  /** For a key that requests are still let in with. */
  of(visitor: AccountVisitor, key: ApiKeyView, configuration: ConfigurationSettings): Html {
    return html`${key.rotatedTo === null && this.rotation(visitor, key, configuration)} ${this.stop(visitor, key)}`;
  }

  /** @param back to the key */
  deletion(visitor: AccountVisitor, key: ApiKeyView, back: string): Html {
    return this.form(
      'delete',
      visitor,
      key,
      html`<input type="hidden" name="owner" value="${handleOf(key)}" />
        <div class="row">
          <button id="delete" class="bad">${text('keys.delete')}</button>
          <a class="button plain" href="${back}">${text('frame.cancel')}</a>
        </div>`,
    );
  }

  private rotation(visitor: AccountVisitor, key: ApiKeyView, configuration: ConfigurationSettings): Html {
    const { rotationOverlapSeconds: usual } = configuration;
    const option = (seconds: number) =>
      html`<option value="${seconds}" ${seconds === usual && html` selected`}>
        ${seconds === 0 ? text('keys.noOverlap') : inDays(seconds)}
      </option>`;
    return html`<h2>${text('keys.rotateTitle')}</h2>
      <p>${text('keys.rotateAbout')}</p>
      ${this.form(
        'rotate',
        visitor,
        key,
        html`${orderField()}
          <label for="overlap">${text('keys.overlap')}</label>
          <select id="overlap" name="overlap">
            ${overlapsOf(configuration).map(option)}
          </select>
          <button id="rotate" class="plain small">${text('keys.rotate')}</button>`,
      )}`;
  }

  private stop(visitor: AccountVisitor, key: ApiKeyView): Html {
    const isStopped = !key.enabled;
    return html`<h2>${text(isStopped ? 'keys.enableTitle' : 'keys.disableTitle')}</h2>
      <p>${text(isStopped ? 'keys.enableAbout' : 'keys.disableAbout')}</p>
      ${this.form(
        'enable',
        visitor,
        key,
        html`<input type="hidden" name="enabled" value="${String(isStopped)}" />
          <button id="enable" class="plain small">${text(isStopped ? 'keys.enable' : 'keys.disable')}</button>`,
      )}`;
  }

  private form(action: string, visitor: AccountVisitor, { id }: ApiKeyView, content: HtmlValue): Html {
    return this.area.form(
      `/account/api-keys/${action}`,
      visitor,
      html`<input type="hidden" name="id" value="${id}" /> ${content}`,
    );
  }
}
