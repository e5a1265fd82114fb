import { escaped, markupOf, PagePart, type HtmlValue } from '../html.js';
import type { TextKey } from './languages/en/index.js';
import { partsOf } from './phrase.js';
import { inLanguage, type Reader } from './reader.js';

/** Values of a text by name. A text of somebody else is isolated, so that its direction does not turn the words around it (UAX 9). */
export type TextValues = Readonly<Record<string, HtmlValue>>;

/** Isolates in plain text, as `<bdi>` does in markup. */
const [ISOLATE, END_OF_ISOLATE] = ['\u2068', '\u2069'];

/** One of the texts of our pages, in the reader's language. */
export class Text extends PagePart {
  constructor(
    readonly key: TextKey,
    private readonly values: TextValues = {},
  ) {
    super();
  }

  markupFor(reader: Reader): string {
    const markup = this.inParts(reader, escaped, (value) =>
      typeof value === 'string' ? `<bdi>${escaped(value)}</bdi>` : markupOf(numbered(value, reader), reader),
    );
    return inLanguage(reader.phrase(this.key).language, markup, reader);
  }

  override attributeFor(reader: Reader): string {
    return escaped(this.plainFor(reader));
  }

  /** Without markup, for the title of a window; its values are texts and numbers. */
  plainFor(reader: Reader): string {
    return this.inParts(
      reader,
      (words) => words,
      (value) => {
        if (value instanceof Text) return value.plainFor(reader);
        return typeof value === 'string' ? `${ISOLATE}${value}${END_OF_ISOLATE}` : String(numbered(value, reader));
      },
    );
  }

  private inParts(reader: Reader, ofWords: (words: string) => string, ofValue: (value: HtmlValue) => string): string {
    const { count } = this.values;
    const { phrase, language } = reader.phrase(this.key);
    const parts = partsOf(phrase, language, typeof count === 'number' ? count : undefined);
    return parts.map((part) => ('words' in part ? ofWords(part.words) : ofValue(this.values[part.value]))).join('');
  }
}

/**
 * A text of our pages, for the `html` tag. Never a literal: every word that a user reads is in `languages/`.
 * @param values by the names in the text; `count` chooses the plural form
 */
export function text(key: TextKey, values?: TextValues): Text {
  return new Text(key, values);
}

function numbered(value: HtmlValue, reader: Reader): HtmlValue {
  return typeof value === 'number' ? reader.number(value) : value;
}
