import { commonErrorHeaders } from '../../common/errors/rendered-error.js';
import { html, type Html } from '../../common/html.js';
import { faultWords } from '../../common/http/pages/fault-words.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { FactorOffer } from '../../common/ports/second-factor.js';
import { text } from '../../common/texts/text.js';
import { lasting } from '../../common/texts/time.js';
import type { CodeKind } from '../verification/code-proofs.js';
import { codeField, isElsewhere, type CodeFailure } from './code-forms.js';

export interface ChallengeModel {
  readonly account: string;
  /** The user is signed in, and has to show more. */
  readonly isStepUp: boolean;
  /** `totp`, `otp`. */
  readonly methods: readonly string[];
  /** Factors of other capabilities. */
  readonly offers: readonly FactorOffer[];
  readonly hasBackupCodes: boolean;
  /** A code by mail was ordered. */
  readonly wasSent: boolean;
  readonly isDelayed: boolean;
  /** For how long a browser is trusted; null: none is. */
  readonly trustSeconds: number | null;
  /** Where the browser goes; checked. */
  readonly continueTo: string;
  readonly action: string;
  readonly sendAction: string;
  /** Where the sign-in begins anew. */
  readonly signInUrl: string;
  readonly failure: CodeFailure | null;
}

/** Asks for the second factor. */
export function challengePage(model: ChallengeModel): PageReply {
  const { account, isStepUp, methods, failure, continueTo, action, offers, hasBackupCodes } = model;
  const reply = page({
    title: text('challenge.title'),
    status: failure?.error.status ?? 200,
    hasFault: failure !== null,
    self: `${action}?${new URLSearchParams({ continue: continueTo })}`,
    formActions: continueTo.startsWith('/') ? [] : [continueTo],
    body: html`<p>
        ${text(isStepUp ? 'challenge.stepUp' : 'challenge.account', { account: html`<bdi>${account}</bdi>` })}
      </p>
      ${failure && isElsewhere(failure) && faultPart(failure)}
      ${methods.includes('totp') && codeForm(model, 'totp', codeField('totp', text('challenge.appCode'), failure, { isNext: !model.wasSent }))}
      ${methods.includes('otp') && mailPart(model)}
      ${offers.map(({ method, label, pageUrl }) => html`<p><a id="use-${method}" class="button plain" href="${pageUrl(continueTo)}">${label}</a></p>`)}
      ${hasBackupCodes && backupPart(model)}
      ${!isStepUp && html`<p class="soft"><a id="other-ways" href="${model.signInUrl}">${text('byMail.back')}</a></p>`}`,
  });
  for (const [name, value] of Object.entries(failure ? commonErrorHeaders(failure.error) : {}))
    reply.header(name, String(value));
  return reply;
}

/** The sign-in has ended. */
export function overPage(signInUrl: string): PageReply {
  return page({
    title: text('challenge.over'),
    status: 401,
    hasFault: true,
    body: html`${picture('turnedAway')}
      <p id="over">${text('challenge.overText')}</p>
      <p><a id="sign-in" class="button" href="${signInUrl}">${text('signIn.button')}</a></p>`,
  });
}

function faultPart({ error }: CodeFailure): Html {
  return html`<p id="error" class="error" role="alert">${faultWords(error) ?? error.description}</p>`;
}

function codeForm({ action, continueTo, trustSeconds }: ChallengeModel, kind: CodeKind, content: Html): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="continue" value="${continueTo}" />
    <input type="hidden" name="kind" value="${kind}" />
    ${content}
    ${
      trustSeconds !== null &&
      html`<label class="choice"
        ><input type="checkbox" name="trust" value="true" />
        ${text('challenge.trust', { time: lasting(trustSeconds) })}</label
      >`
    }
    <button id="verify-${kind}">${text('challenge.button')}</button>
  </form>`;
}

function mailPart(model: ChallengeModel): Html {
  const { sendAction, continueTo, wasSent, isDelayed, failure } = model;
  const hasForm = wasSent || failure?.kind === 'otp';
  return html`${wasSent && html`<p id="sent" class="note" role="status">${text('challenge.sent')}</p>`}
    ${wasSent && isDelayed && html`<p class="warning">${text('mail.delayed')}</p>`}
    ${hasForm && codeForm(model, 'otp', codeField('otp', text('challenge.mailCode'), failure, { isNext: wasSent }))}
    <form method="post" action="${sendAction}">
      <input type="hidden" name="continue" value="${continueTo}" />
      ${!hasForm && html`<p class="soft">${text('challenge.mailRule')}</p>`}
      <button id="send" class="${hasForm && 'plain'}">
        ${text(hasForm ? 'challenge.sendAgain' : 'challenge.send')}
      </button>
    </form>`;
}

function backupPart(model: ChallengeModel): Html {
  const { failure } = model;
  const input = codeField('backup', text('challenge.backupCode'), failure, { hint: text('challenge.backupRule') });
  return html`<details id="backup-part" ${failure?.kind === 'backup' && html`open`}>
    <summary>${text('challenge.useBackup')}</summary>
    ${codeForm(model, 'backup', input)}
  </details>`;
}
