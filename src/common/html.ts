/** A value that the `html` tag can insert between tags or inside a quoted attribute. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Markup made by the `html` tag, and only by it, so that no text of a client or a user is ever taken for markup. */
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
 * Template tag for HTML: escapes every value for text and for quoted attributes (write the quotes), unless this tag made the value.
 * A list is inserted member by member; null, undefined and false insert nothing.
 * Check an address before putting it into `href` or `src`: escaping does not stop `javascript:`.
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
