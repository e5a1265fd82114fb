import { escaped, html, markupOf, type Html } from '../html.js';
import type { Reader } from '../texts/reader.js';
import type { Text } from '../texts/text.js';

/** The words of a message, in no language yet. */
export interface MailLetter {
  readonly subject: Text;
  readonly paragraphs: readonly Text[];
  /** A link, as a button below the paragraphs. */
  readonly link?: { readonly words: Text; readonly url: string };
  /** A code to type, large below the paragraphs. */
  readonly code?: string;
  /** Below all: what to do when one did not ask for it. */
  readonly close?: Text;
}

/** How messages look. */
export interface MailLook {
  /** What people call the service. */
  readonly name: string;
  readonly accent: string;
  readonly onAccent: string;
}

/** A letter as subject, plain text and HTML. */
export interface WrittenLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Isolates, which some mail programs show as boxes; in a text from the left they are not needed. */
const ISOLATES = /[\u2068\u2069]/g;

/** Puts a letter into words for its reader. */
export function writeLetter(letter: MailLetter, look: MailLook, reader: Reader): WrittenLetter {
  const plain = (text: Text) => {
    const words = text.plainFor(reader);
    // No value may begin a line of its own in a header, or a paragraph that looks like ours.
    const line = words.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
    return reader.direction === 'ltr' ? line.replaceAll(ISOLATES, '') : line;
  };
  const { subject, paragraphs, link, code, close } = letter;
  const parts = [
    ...paragraphs.map(plain),
    ...(link ? [`${plain(link.words)}:\n${link.url}`] : []),
    ...(code === undefined ? [] : [code]),
    ...(close ? [plain(close)] : []),
    look.name,
  ];
  return {
    subject: plain(subject),
    text: `${parts.join('\n\n')}\n`,
    html: documentOf(letter, look, reader),
  };
}

/** One column of words: styles stand in the elements, since mail programs drop style sheets. */
function documentOf(letter: MailLetter, look: MailLook, reader: Reader): string {
  const { subject, paragraphs, link, code, close } = letter;
  const body = html`<body
    style="margin:0;padding:24px;background:#f4f5f7;color:#1f2328;font:16px/1.5 system-ui,sans-serif"
  >
    <div style="max-width:34em;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
      <p style="margin:0 0 16px;font-weight:600">${look.name}</p>
      ${paragraphs.map((one) => html`<p style="margin:0 0 16px">${one}</p> `)}${link && buttonOf(link, look)}${
        code !== undefined &&
        html`<p dir="ltr" style="margin:0 0 16px;font-size:28px;letter-spacing:4px;font-weight:600">${code}</p> `
      }${close && html`<p style="margin:0;color:#57606a;font-size:14px">${close}</p> `}
    </div>
  </body>`;
  return `<!doctype html>
<html lang="${escaped(reader.language)}" dir="${reader.direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${subject.attributeFor(reader)}</title></head>
${markupOf(body, reader)}
</html>
`;
}

function buttonOf({ words, url }: NonNullable<MailLetter['link']>, { accent, onAccent }: MailLook): Html {
  return html`<p style="margin:0 0 16px">
      <a
        href="${url}"
        style="display:inline-block;padding:12px 20px;border-radius:6px;background:${accent};color:${onAccent};text-decoration:none;font-weight:600"
        >${words}</a
      >
    </p>
    <p dir="ltr" style="margin:0 0 16px;font-size:14px;overflow-wrap:anywhere">
      <a href="${url}" style="color:#57606a">${url}</a>
    </p> `;
}
