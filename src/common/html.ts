import type { Reader } from './texts/reader.js';

/** A value that the `html` tag can insert between tags or inside a quoted attribute. */
export type HtmlValue = PagePart | string | number | false | null | undefined | readonly HtmlValue[];

/** A part of a page. It becomes markup when the page is written: only then it is known who reads it, and in which language. */
export abstract class PagePart {
  abstract markupFor(reader: Reader): string;

  /** The same inside a quoted attribute, where no elements can be. */
  attributeFor(reader: Reader): string {
    return this.markupFor(reader);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

const OPEN_ATTRIBUTE = /="[^"]*$/;

/** Markup made by the `html` tag, and only by it, so that no text of a client or a user is ever taken for markup. */
export class Html extends PagePart {
  private constructor(
    private readonly strings: readonly string[],
    private readonly values: readonly HtmlValue[],
  ) {
    super();
  }

  /** @see html */
  static of(strings: TemplateStringsArray, values: readonly HtmlValue[]): Html {
    return new Html(strings, values);
  }

  markupFor(reader: Reader): string {
    let inAttribute = false;
    const write = (part: PagePart) => (inAttribute ? part.attributeFor(reader) : part.markupFor(reader));
    return this.strings
      .map((text, index) => {
        const value = index === 0 ? '' : written(this.values[index - 1], write);
        if (text.includes('"')) inAttribute = OPEN_ATTRIBUTE.test(text);
        return value + text;
      })
      .join('');
  }
}

/**
 * Template tag for HTML: escapes every value for text and for quoted attributes (write the quotes), unless it is itself a part of a page.
 * A list is inserted member by member; null, undefined and false insert nothing.
 * Check an address before putting it into `href` or `src`: escaping does not stop `javascript:`.
 */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return Html.of(strings, values);
}

/** One value as markup. */
export function markupOf(value: HtmlValue, reader: Reader): string {
  return written(value, (part) => part.markupFor(reader));
}

function written(value: HtmlValue, write: (part: PagePart) => string): string {
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map((member: HtmlValue) => written(member, write)).join('');
  if (value instanceof PagePart) return write(value);
  return escaped(String(value));
}

/** A text, for between tags and for quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => ESCAPES[character]!);
}
