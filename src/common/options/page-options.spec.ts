import { resolveCoreOptions } from './core-options.js';
import type { PagesOptions } from './page-options.js';

const SECRET = 'thirty-two characters of a secret';
const read = (pages: unknown) =>
  resolveCoreOptions({ issuer: 'https://auth.example', secret: SECRET, pages: pages as PagesOptions }).pages;

describe('F22: pages, each option wrong once: the message names option, fault and remedy', () => {
  const link = { text: 'Imprint', href: '/imprint' };
  it.each<[object, string]>([
    [{ title: 'Acme' }, 'pages: there is no option "title"'],
    [{ name: ' ' }, 'pages.name: " " is not a name. Give'],
    [{ name: 'x'.repeat(61) }, 'is not a name. Give'],
    [{ logo: 'logo.svg' }, 'pages.logo: "logo.svg" is not the address of a page. Give'],
    [{ logo: 'data:image/png;base64,AA==' }, 'pages.logo: '],
    [{ accent: 'blue' }, 'pages.accent.light: "blue" is not a colour. Give'],
    [{ accent: { light: '#fff' } }, 'pages.accent.dark: undefined is not a colour. Give'],
    [{ accent: { light: '#fff', dark: '#000', hover: '#eee' } }, 'pages.accent: there is no option "hover"'],
    [{ links: Array.from({ length: 9 }, () => link) }, 'pages.links: it has 9 links. Give at most 8.'],
    [{ links: [{ ...link, target: '_blank' }] }, 'pages.links[0]: there is no option "target"'],
    [{ links: [{ href: '/x' }] }, 'pages.links[0].text: it is null. Give'],
    [{ links: [{ text: { de: 'Impressum' }, href: '/x' }] }, 'pages.links[0].text.en: it is missing.'],
    [{ links: [link, { ...link, href: 'javascript:alert(1)' }] }, 'pages.links[1].href: '],
    [{ footer: ' ' }, 'pages.footer: it is empty. Give words'],
    [{ footer: { en: 'Acme', de: '' } }, 'pages.footer.de: it is empty. Give words'],
    [{ footer: {} }, 'pages.footer.en: it is missing.'],
    [{ footer: { en: 'Acme', de: 7 } }, 'pages.footer.de: it is not a text. Give a text.'],
    [{ footer: { en: 'Acme', 'en glish': 'Acme' } }, 'pages.footer: "en glish" is not'],
    [{ supportUrl: 'mailto:help@example.com?body=x' }, 'pages.supportUrl: '],
    [{ supportUrl: 'javascript:alert(1)' }, 'pages.supportUrl: '],
    [{ variables: { radius: '0' } }, 'pages.variables: "radius" is not a CSS variable. Give'],
    [
      { variables: { '--card': 'url(https://evil.example/)' } },
      'pages.variables.--card: it is not a plain CSS value. Use',
    ],
    [{ variables: { '--card': 'red; } body { display: none' } }, 'pages.variables.--card: '],
    [{ variables: { '--card': '</style><script>' } }, 'pages.variables.--card: '],
    [{ texts: { klingonese: {} } }, 'pages.texts: "klingonese" is not'],
    [{ texts: { 'pt-br': {} } }, 'pages.texts: "pt-br" is not written as usual. Give "pt-BR".'],
    [{ texts: { abcd: {} } }, 'pages.texts: "abcd" is not a language. Give a tag'],
    [{ texts: { de: null } }, 'pages.texts.de: it is null. Give an object.'],
    [{ texts: { de: { 'signIn.titel': 'x' } } }, 'pages.texts.de: there is no option "signIn.titel"'],
    [{ texts: { de: { 'signIn.title': 7 } } }, "pages.texts.de['signIn.title']: it is a number. Give a text."],
    [
      { texts: { de: { 'signIn.title': { other: 'x' } } } },
      "pages.texts.de['signIn.title']: it is an object. Give a text.",
    ],
    [
      { texts: { en: { 'consent.asks': 'An app asks.' } } },
      "pages.texts.en['consent.asks']: the value {client} is missing.",
    ],
    [{ texts: { en: { 'consent.asks': '{client} {user}' } } }, 'there is no value {user} in this text. Give {client}.'],
    [
      { texts: { en: { 'signIn.title': 'Hi {client}' } } },
      'there is no value {client} in this text. Give it without one.',
    ],
    [
      { texts: { en: { 'keys.requests': { one: '{count} call' } } } },
      "pages.texts.en['keys.requests'].other: it is null.",
    ],
    [
      { texts: { en: { 'keys.requests': { other: '{count}', tow: '2' } } } },
      '[\'keys.requests\']: there is no option "tow"',
    ],
    [{ texts: { en: { 'keys.requests': { one: 1, other: '{count}' } } } }, "['keys.requests'].one: it is a number."],
    [{ defaultLanguage: 'nl' }, 'pages.defaultLanguage: "nl" has no texts. Give one of en, de'],
  ])('%j', (pages, message) => {
    expect(() => read(pages)).toThrow(message);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('T008 %s is no text, no language and no variable', (name) => {
    const own = JSON.parse(`{ "${name}": {} }`) as object;
    for (const pages of [
      { texts: own },
      { texts: { de: own } },
      { variables: own },
      { footer: { en: 'Acme', ...own } },
    ])
      expect(() => read(pages)).toThrow(/^pages\./);
    expect({}).not.toHaveProperty('de');
  });

  it('and what is right is taken', () => {
    const pages = {
      name: 'Acme',
      logo: '/logo.svg',
      accent: { light: '#06c', dark: '#8cf' },
      links: [{ text: { en: 'Imprint', de: 'Impressum' }, href: 'https://acme.example/imprint' }],
      footer: 'Acme Ltd',
      supportUrl: 'mailto:help@acme.example',
      variables: { '--radius': '0', '--card': 'light-dark(#fff, #111)' },
      texts: {
        nl: { 'keys.requests': { one: 'één verzoek', other: '{count} verzoeken' } },
        de: { 'keys.requests': 'Anfragen: {count}' },
      },
      defaultLanguage: 'nl',
    };
    expect(read(pages)).toMatchObject({ name: 'Acme', defaultLanguage: 'nl', texts: pages.texts });
    expect(Object.isFrozen(read(pages))).toBe(true);
  });
});
