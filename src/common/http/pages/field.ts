import type { AuthError } from '../../errors/auth-error.js';
import { html, type Html, type HtmlValue } from '../../html.js';
import type { Text } from '../../texts/text.js';
import { faultWords } from './fault-words.js';

/** One field of a form. */
export interface FieldModel {
  /** `id` and `name`, or only the `name` where the id differs. */
  readonly id: string;
  readonly name?: string;
  readonly label: Text;
  /** A rule, said before the field. */
  readonly hint?: HtmlValue;
  /** Why the last attempt failed, if this field is why. */
  readonly fault?: HtmlValue;
  /** The attributes of the input besides these: markup of ours. */
  readonly attributes: Html;
}

/** A field with its label; a fault is tied to it, so that a screen reader says both (WCAG 3.3.1). */
export function field({ id, name = id, label, hint, fault, attributes }: FieldModel): Html {
  const describedBy = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return html`<label for="${id}">${label}</label>
    ${hint && html`<p id="${id}-hint" class="soft">${hint}</p>`}
    <input
      id="${id}"
      name="${name}"
      ${attributes}${describedBy !== '' && html` aria-describedby="${describedBy}"`}${fault && html` aria-invalid="true"`}
    />
    ${fault && html`<p id="${id}-fault" class="fault">${fault}</p>`}`;
}

/** The field that an error is about, by its code; a code without an entry is about the whole form. */
export type FieldsOfFaults = Readonly<Record<string, readonly string[]>>;

/** The words beside one field; undefined: the error is not about it. */
export function faultOf(name: string, error: AuthError | null, fields: FieldsOfFaults): HtmlValue | undefined {
  if (!error || !fields[error.code]?.includes(name)) return undefined;
  return faultWords(error) ?? error.description;
}
