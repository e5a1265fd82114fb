import type { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { text, type Text } from '../../common/texts/text.js';
import type { CodeKind } from '../verification/code-proofs.js';

/** Errors of these forms by the field that they are about. */
const FAULTS = {
  INVALID_CODE: ['totp', 'otp', 'setup'],
  OTP_HAS_EXPIRED: ['otp'],
  INVALID_BACKUP_CODE: ['backup'],
} as const satisfies FieldsOfFaults;

/** Whether the user can correct it in the form. */
export function isOfCode({ code, status }: AuthError): boolean {
  return code in FAULTS || status === 429;
}

/** What the last form was refused for, and which one it was. */
export interface CodeFailure {
  readonly error: AuthError;
  readonly kind: CodeKind | 'setup';
}

/** The words of a fault that is about no field of its own. */
export function isElsewhere({ error, kind }: CodeFailure): boolean {
  return faultOf(kind, error, FAULTS) === undefined;
}

/** The field of a code of one kind. */
export function codeField(
  kind: CodeKind | 'setup',
  label: Text,
  failure: CodeFailure | null,
  {
    hint,
    isNext = kind === 'totp',
  }: { readonly hint?: Text; /** The field to go on with. */ readonly isNext?: boolean } = {},
): Html {
  const isDigits = kind !== 'backup';
  return field({
    id: kind,
    name: 'code',
    label,
    hint,
    fault: failure?.kind === kind ? faultOf(kind, failure.error, FAULTS) : undefined,
    attributes: html`type="text"
    ${isDigits ? html`inputmode="numeric" autocomplete="one-time-code"` : html`autocomplete="off" spellcheck="false"`}
    autocapitalize="none" maxlength="64" dir="ltr"
    required${(failure ? failure.kind === kind : isNext) && html` autofocus`}`,
  });
}

/** Codes to keep, on the only page that shows them. */
export function backupCodesPart(codes: readonly string[]): Html {
  return html`<h2>${text('factor.codes')}</h2>
    <div class="warning" id="backup-codes-once" role="status"><p>${text('factor.codesOnce')}</p></div>
    <ol id="backup-codes" class="codes" dir="ltr">
      ${codes.map((code) => html`<li><code>${code}</code></li>`)}
    </ol>`;
}

/** The secret of an app, as a link for this device and as letters for others. */
export function appPart(secret: string, uri: string, picture: Html | null): Html {
  const groups = secret.match(/.{1,4}/g)!.join(' ');
  return html`<p>${text(picture ? 'factor.scan' : 'factor.openAbout')}</p>
    ${picture}
    <p><a id="open-app" class="button plain" href="${uri}">${text('factor.open')}</a></p>
    <dl>
      <dt>${text('factor.key')}</dt>
      <dd><code class="secret" id="secret" dir="ltr" tabindex="0">${groups}</code></dd>
    </dl>`;
}
