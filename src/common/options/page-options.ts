import { given, text } from './option.js';
import { requireKind } from './option-kinds.js';
import { requirePageAddress } from './page-address.js';
import { requireKnownKeys, type OptionsOf, type SettingsOf } from './read-options.js';
import { accentsOf, type Accent } from './page-colours.js';
import { LANGUAGES } from '../texts/languages/index.js';
import { ENGLISH } from '../texts/languages/en/index.js';
import { valuesOf, type Phrase } from '../texts/phrase.js';
import { requireHostText, requireLanguage, type HostText } from '../texts/host-text.js';
import type { LanguageTexts } from '../texts/reader.js';

/** The look and the words of the built-in pages. */
export interface PagesOptions {
  /** What people call your service: at the top of every page, and in the title of the window. Default: the host of the issuer. */
  readonly name?: string;
  /** A picture at the top, at most 3rem high: a path of this server or an https address. Default: none. */
  readonly logo?: string;
  /**
   * Colour of buttons and links: `#1d4ed8`, or one for each scheme. What stands on it is white or black, and links are shifted towards the
   * text's colour, until their contrast is 4.5:1 (WCAG 1.4.3). Default: blue.
   */
  readonly accent?: Accent;
  /** Below every page, such as your imprint and your privacy policy. At most 8. Default: none. */
  readonly links?: readonly { readonly text: HostText; readonly href: string }[];
  /** A line below the links, such as the name of your company. Default: none. */
  readonly footer?: HostText;
  /** Where people get help: an https or `mailto:` address, or a path of this server. Linked below every page and from errors. Default: none. */
  readonly supportUrl?: string;
  /** CSS variables of the style sheet (docs/guides/pages.md), e.g. `{ '--radius': '0' }`. Default: none. */
  readonly variables?: Readonly<Record<`--${string}`, string>>;
  /** Texts that replace ours, by language and name. A language that we do not have is added; English stands in for what it lacks. */
  readonly texts?: Readonly<Record<string, LanguageTexts>>;
  /** For those who ask for no language that there is. Default `en`. */
  readonly defaultLanguage?: string;
}

const MAX_LINKS = 8;
const VARIABLE = /^--[a-z][a-z0-9-]*$/;
/** Nothing that ends a declaration or the sheet, or loads a file. */
const VARIABLE_VALUE = /^(?!.*url\()[\w #%.,()/+*-]{1,200}$/i;

export const PAGES_OPTIONS = {
  name: text({
    fits: (name) => /\S/.test(name) && name.length <= 60,
    otherwise: 'is not a name. Give 1 to 60 characters.',
  }),
  logo: given<string>('text'),
  accent: given<Accent>(['text', 'block']),
  links: given<Links>('blocks', []),
  footer: given<HostText>(['text', 'block']),
  supportUrl: given<string>('text'),
  variables: given<Variables>('block', {}),
  texts: given<TextsByLanguage>('block', {}),
  defaultLanguage: given<string>('text', 'en'),
} satisfies OptionsOf<PagesOptions>;

/** The look and the words of the pages: checked, with defaults. */
export interface PagesSettings extends Omit<SettingsOf<typeof PAGES_OPTIONS>, 'accent'> {
  readonly accent: ReturnType<typeof accentsOf> | null;
}

/** @throws Error with option, fault and remedy; stops the boot */
export function resolvePages(options: SettingsOf<typeof PAGES_OPTIONS>): PagesSettings {
  const { logo, accent, links, footer, supportUrl, variables, texts } = options;
  const settings = {
    ...options,
    logo: logo && requirePageAddress('pages.logo', logo, { origins: null, takesQuery: false }),
    accent: accent === null ? null : accentsOf('pages.accent', accent),
    links: readLinks(links, 'pages.links'),
    footer: footer && requireHostText('pages.footer', footer),
    supportUrl: supportUrl && requireHelpAddress('pages.supportUrl', supportUrl),
    variables: readVariables(variables, 'pages.variables'),
    texts: readTexts(texts, 'pages.texts'),
  };
  languagesOf(settings);
  return Object.freeze(settings);
}

/** The languages of the pages: ours and the host's. @throws Error when the default is none of them */
export function languagesOf({
  texts,
  defaultLanguage,
}: Pick<PagesSettings, 'texts' | 'defaultLanguage'>): readonly string[] {
  const languages = [...new Set([...Object.keys(LANGUAGES), ...Object.keys(texts)])];
  if (!languages.includes(defaultLanguage))
    throw new Error(
      `pages.defaultLanguage: ${JSON.stringify(defaultLanguage)} has no texts. Give one of ${languages.join(', ')}, or add it to pages.texts.`,
    );
  return languages;
}

type Links = NonNullable<PagesOptions['links']>;
type Variables = NonNullable<PagesOptions['variables']>;
type TextsByLanguage = NonNullable<PagesOptions['texts']>;

function readLinks(links: Links, option: string): Links {
  if (links.length > MAX_LINKS) throw new Error(`${option}: it has ${links.length} links. Give at most ${MAX_LINKS}.`);
  return links.map((link, index) => {
    const path = `${option}[${index}]`;
    requireKnownKeys(path, link, ['text', 'href']);
    requireKind(`${path}.text`, link.text ?? null, ['text', 'block']);
    return Object.freeze({
      text: requireHostText(`${path}.text`, link.text),
      href: requirePageAddress(`${path}.href`, link.href, { origins: null, takesQuery: false }),
    });
  });
}

function requireHelpAddress(option: string, value: string): string {
  if (/^mailto:[^\s@?]+@[^\s@?]+$/i.test(value)) return value;
  return requirePageAddress(option, value, { origins: null, takesQuery: false });
}

function readVariables(variables: Variables, option: string): Variables {
  for (const [name, value] of Object.entries(variables)) {
    if (!VARIABLE.test(name))
      throw new Error(`${option}: ${JSON.stringify(name)} is not a CSS variable. Give one such as '--radius'.`);
    if (typeof value !== 'string' || !VARIABLE_VALUE.test(value))
      throw new Error(
        `${option}.${name}: it is not a plain CSS value. Use letters, digits, spaces and # % . , ( ) / + * -, without url().`,
      );
  }
  return Object.freeze({ ...variables });
}

function readTexts(texts: TextsByLanguage, option: string): TextsByLanguage {
  for (const [language, own] of Object.entries(texts)) {
    requireLanguage(option, language);
    const path = `${option}.${language}`;
    requireKind(path, own, ['block']);
    requireKnownKeys(path, own, Object.keys(ENGLISH));
    for (const [key, phrase] of Object.entries(own)) {
      requirePhrase(`${path}['${key}']`, phrase, ENGLISH[key as keyof typeof ENGLISH]);
    }
  }
  return Object.freeze({ ...texts });
}

const PLURAL_FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'];

/** A text must say what ours says: a consent without the name of its client would be no consent. */
function requirePhrase(option: string, phrase: Phrase, ours: Phrase): void {
  requireKind(option, phrase, typeof ours === 'object' ? ['text', 'block'] : ['text']);
  if (typeof phrase === 'object') {
    requireKnownKeys(option, phrase, PLURAL_FORMS);
    requireKind(`${option}.other`, phrase.other ?? null, ['text']);
    for (const [form, words] of Object.entries(phrase)) requireKind(`${option}.${form}`, words, ['text']);
  }
  const [names, wanted] = [valuesOf(phrase), valuesOf(ours)];
  const unknown = names.find((name) => !wanted.includes(name));
  if (unknown !== undefined)
    throw new Error(
      `${option}: there is no value {${unknown}} in this text. Give ${wanted.map((name) => `{${name}}`).join(' and ') || 'it without one'}.`,
    );
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new Error(`${option}: the value {${missing}} is missing. Give it where it stands in the text.`);
}
