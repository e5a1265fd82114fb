import { html, type Html } from '../../html.js';
import { hostText } from '../../texts/host-text.js';
import type { Reader } from '../../texts/reader.js';
import { text } from '../../texts/text.js';
import type { PageLook } from './page.look.js';
import type { PageModel, PageSections } from './page.js';
import type { WaysOn } from './ways-on.js';

/** Another language in which this page can be had. */
export interface OtherLanguage {
  readonly language: string;
  readonly href: string;
}

/** Where a page can lead besides its own links. */
export interface Surroundings extends WaysOn {
  readonly languages: readonly OtherLanguage[];
}

/** The whole document. */
export function documentOf(model: PageModel, look: PageLook, reader: Reader, around: Surroundings): string {
  const { title, body, continueTo, sections, hasFault, waysOn = [], remarks, script } = model;
  const heading = title.plainFor(reader);
  const said = hasFault ? text('frame.errorTitle', { title: heading }).plainFor(reader) : heading;
  return html`<!doctype html>
    <html lang="${reader.language}" dir="${reader.direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        ${continueTo !== undefined && html`<meta http-equiv="refresh" content="0;url=${continueTo}" />`}
        <title>${text('frame.windowTitle', { title: said, name: look.name }).plainFor(reader)}</title>
        ${look.style}
      </head>
      <body${sections && html` class="wide"`}>
        <header class="brand">
          ${look.logo && html`<img src="${look.logo}" alt="" />`}<bdi>${look.name}</bdi>
        </header>
        ${sections && navigationOf(sections)}
        <main>
          <h1>${title}</h1>
          ${body} ${waysOn.map((way) => !(sections && way === 'account') && linkOf(way, around))} ${remarks}
        </main>
        ${footerOf(look, reader, around.languages)} ${script}
      </body>
    </html> `.markupFor(reader);
}

function linkOf(way: keyof WaysOn, ways: WaysOn): Html | false {
  const url = ways[way];
  const [words, look] =
    way === 'again' ? [text('error.tryAgain'), 'button'] : [text('frame.toAccount'), 'button plain'];
  return url !== null && html`<p><a id="${way}" href="${url}" class="${look}">${words}</a></p>`;
}

function navigationOf({ title, items, aside }: PageSections): Html {
  return html`<nav class="sections" aria-label="${title}">
    <ul>
      ${items.map(({ text: words, href, isCurrent }) => html`<li><a href="${href}" ${isCurrent && html` aria-current="page"`}>${words}</a></li>`)}
    </ul>
    ${aside}
  </nav>`;
}

function footerOf(look: PageLook, reader: Reader, languages: readonly OtherLanguage[]): Html {
  const links = [
    ...look.links.map((link) => html`<li><a href="${link.href}">${hostText(link.text)}</a></li>`),
    look.supportUrl !== null && html`<li><a href="${look.supportUrl}">${text('frame.help')}</a></li>`,
  ].filter((one) => one !== false);
  return html`<footer>
    ${
      links.length > 0 &&
      html`<ul class="links">
        ${links}
      </ul>`
    }
    ${look.footer && html`<p>${hostText(look.footer)}</p>`} ${languages.length > 0 && chooserOf(reader, languages)}
  </footer>`;
}

/** Each language by its own name, so that those who cannot read this page find theirs. */
function chooserOf(reader: Reader, languages: readonly OtherLanguage[]): Html {
  return html`<details class="languages">
    <summary><span class="hidden">${text('frame.language')}: </span>${nameOf(reader.language)}</summary>
    <ul>
      ${languages.map(({ language, href }) => html`<li><a href="${href}" lang="${language}" hreflang="${language}">${nameOf(language)}</a></li>`)}
    </ul>
  </details>`;
}

function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
