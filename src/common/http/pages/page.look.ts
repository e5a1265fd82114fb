import { hash } from 'node:crypto';
import { PagePart } from '../../html.js';
import type { PagesSettings } from '../../options/page-options.js';
import { PAGE_STYLE } from './page.style.js';

/** What the host has chosen for all pages. */
export interface PageLook {
  readonly name: string;
  readonly logo: string | null;
  readonly links: PagesSettings['links'];
  readonly footer: PagesSettings['footer'];
  readonly supportUrl: string | null;
  readonly style: PagePart;
  /** Names the style sheet in the policy. */
  readonly styleSource: string;
}

/** @param issuerHost stands in for the name */
export function lookOf(settings: PagesSettings, issuerHost: string): PageLook {
  const { name, logo, links, footer, supportUrl } = settings;
  const sheet = PAGE_STYLE + ownRules(settings);
  return Object.freeze({
    name: name ?? issuerHost,
    logo,
    links,
    footer,
    supportUrl,
    style: new StyleSheet(sheet),
    styleSource: `'sha256-${hash('sha256', sheet, 'base64')}'`,
  });
}

/** The host's values stand last, so that they win; its variables hold in both schemes. */
function ownRules({ accent, variables }: PagesSettings): string {
  const rules: string[] = [];
  if (accent) {
    const of = ({ accent: back, onAccent, link }: (typeof accent)['light']) =>
      `:root { --accent: ${back}; --on-accent: ${onAccent}; --link: ${link}; }`;
    rules.push(of(accent.light), `@media (prefers-color-scheme: dark) { ${of(accent.dark)} }`);
  }
  const own = Object.entries(variables).map(([name, value]) => `${name}: ${value};`);
  if (own.length > 0) rules.push(`:root:root { ${own.join(' ')} }`);
  return rules.join('\n');
}

/** Raw text to a parser of HTML, so it is not escaped: our own sheet and values of the host that were checked (`pages.variables`). */
class StyleSheet extends PagePart {
  constructor(private readonly sheet: string) {
    super();
  }

  markupFor(): string {
    return `<style>${this.sheet}</style>`;
  }
}
