/** What may stand between tags and between the quotes of an attribute once it has been escaped. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Markup made by the `html` tag. Nothing else makes it, so that no text of a client or a user is ever taken for markup. */
export class Html {
  private constructor(private readonly markup: string) {}

  /** @see html */
  static of(strings: TemplateStringsArray, values: readonly HtmlValue[]): Html {
    return new Html(strings.map((text, index) => (index === 0 ? text : toMarkup(values[index - 1]) + text)).join(''));
  }

  toString(): string {
    return this.markup;
  }
}

/**
 * Template tag for HTML: every value is escaped for text and for attributes in quotes (write the quotes), unless this tag has made it.
 * A list is its members one after the other; null, undefined and false are nothing.
 * An address in `href` or `src` has to be checked before: escaping does not stop `javascript:`.
 */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return Html.of(strings, values);
}

function toMarkup(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map((member: HtmlValue) => toMarkup(member)).join('');
  return String(value).replaceAll(/[&<>"'`]/g, (character) => ESCAPES[character]!);
}
