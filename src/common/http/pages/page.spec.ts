import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { html } from '../../html.js';
import { resolveCoreOptions } from '../../options/core-options.js';
import { languagesOf, type PagesOptions } from '../../options/page-options.js';
import { SecretBox } from '../../secrets/secret-box.js';
import type { TextKey } from '../../texts/languages/en/index.js';
import { Readers } from '../../texts/readers.js';
import { text } from '../../texts/text.js';
import { AuthCookies } from '../request/cookies.js';
import type { EdgeContext } from '../request/request-context.js';
import { errorPage } from './error-page.js';
import { PageWriter } from './page-writer.js';
import { page, type PageModel, type PageReply } from './page.js';

const SECRET = 'thirty-two characters of a secret';
const TITLE = text('signIn.title');

const writerOf = (pages: PagesOptions = {}) => {
  const settings = resolveCoreOptions({ issuer: 'https://auth.example', secret: SECRET, pages });
  const readers = new Readers(languagesOf(settings.pages), settings.pages.texts, settings.pages.defaultLanguage);
  return new PageWriter(settings, new AuthCookies(settings, new SecretBox(settings.secrets)), readers);
};
const asked = (url = '/page', headers: Record<string, string> = {}, method = 'GET') =>
  ({ headers, request: { url, method, headers } as unknown as IncomingMessage }) as unknown as EdgeContext;
const written = (reply: PageReply, pages?: PagesOptions, request = asked()) => writerOf(pages).write(reply, request);
const shown = (model: Partial<PageModel> = {}, pages?: PagesOptions, request?: EdgeContext) =>
  written(page({ title: TITLE, body: html``, ...model }), pages, request);
const policyOf = (formActions: string[], frameSources?: string[]) =>
  shown({ formActions, ...(frameSources && { frameSources }) }).headers['Content-Security-Policy']!;

describe('T067 pages', () => {
  it('escape the title, and isolate in it what others have written', () => {
    const { body } = shown({ title: text('consent.title', { client: '</title><script>' }) });
    expect(body).not.toContain('<script');
    expect(body).toContain(
      '<title>\u2068Allow \u2068&lt;/title&gt;&lt;script&gt;\u2069 to access your account?\u2069 · \u2068auth.example\u2069',
    );
    expect(body).toContain('<h1>Allow <bdi>&lt;/title&gt;&lt;script&gt;</bdi> to access your account?</h1>');
  });

  it('name the one style sheet by its digest, also with values of the host', () => {
    for (const pages of [{}, { accent: '#0a7', variables: { '--radius': '0' } }]) {
      const reply = shown({}, pages);
      const [, sheet] = /<style>([^<]*)<\/style>/.exec(reply.body)!;
      expect(reply.headers['Content-Security-Policy']).toContain(`'sha256-${hash('sha256', sheet!, 'base64')}'`);
    }
  });

  it.each<[string, string]>([
    ['https://client.example/cb?x=1', 'https://client.example'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1:8080'],
    ['https://b\u00fccher.example/', 'https://xn--bcher-kva.example'],
    ['com.example.app:/cb', 'com.example.app:'],
    ['http://[::1]:9000/cb', 'http:'],
    ['https://a;sandbox/cb', 'https:'],
  ])('name %s as %s in form-action', (address, source) => {
    expect(policyOf([address, address])).toContain(`form-action 'self' ${source};`);
  });

  it('have frames only where they are asked for', () => {
    expect(policyOf([])).not.toContain('frame-src');
    expect(policyOf([], ['https://client.example/out'])).toMatch(/; frame-src https:\/\/client\.example$/);
  });

  it('go on by themselves only where they are told to', () => {
    const { body } = shown({ continueTo: '/x?a=1&b="' });
    expect(body).toContain('<meta http-equiv="refresh" content="0;url=/x?a=1&amp;b=&quot;" />');
    expect(shown().body).not.toContain('http-equiv');
  });

  it('of errors show message and code as text, and say in the title that it is an error', () => {
    const reply = written(errorPage({ status: 400, message: '<b>no</b>', details: { code: 'invalid_request' } }));
    expect(reply.status).toBe(400);
    expect(reply.body).toMatch(/id="error"[^>]*>\s*<p>&lt;b&gt;no&lt;\/b&gt;<\/p>/);
    expect(reply.body).toContain('<code>invalid_request</code>');
    expect(reply.body).toMatch(/<title>\u2068Error: /);
  });
});

describe('the language of a page', () => {
  const languages = { texts: { nl: { 'signIn.title': 'Inloggen' }, 'pt-BR': { 'signIn.title': 'Entrar' } } } as const;
  const titleOf = (request: EdgeContext, pages: PagesOptions = languages) => {
    const { body } = shown({}, pages, request);
    return [/<html lang="([^"]*)" dir="([^"]*)"/.exec(body)!.slice(1).join(' '), /<h1>(.*?)<\/h1>/.exec(body)![1]];
  };

  it.each([
    ['the first that there is of Accept-Language, by weight', {}, 'fi, nl;q=0.5, pt-BR;q=0.8', 'pt-BR ltr', 'Entrar'],
    ['its main language', {}, 'nl-BE', 'nl ltr', 'Inloggen'],
    ['the default', {}, 'fi', 'en ltr', 'Sign in'],
    ['not one of weight 0', {}, 'nl;q=0', 'en ltr', 'Sign in'],
  ])('is %s', (_what, _query, accepted, tag, title) => {
    expect(titleOf(asked('/page', { 'accept-language': accepted }))).toEqual([tag, title]);
  });

  it('3.1.2.1 is that of ui_locales before all others, and is remembered', () => {
    const writer = writerOf(languages);
    const request = asked('/page?ui_locales=fi%20nl', { 'accept-language': 'pt-BR' });
    const reply = writer.finish(page({ title: TITLE, body: html`` }), request);
    expect(reply.body).toContain('<h1>Inloggen</h1>');
    const [cookie] = reply.cookies;
    const next = asked('/next', { 'accept-language': 'pt-BR', cookie: cookie!.split(';')[0]! });
    expect(writer.finish(page({ title: TITLE, body: html`` }), next)).toMatchObject({
      body: expect.stringContaining('<h1>Inloggen</h1>'),
      cookies: [],
    });
  });

  it.each(['<script>', '../../etc', 'constructor', '__proto__', 'x'.repeat(5_000)])('T008 is never %s', (tag) => {
    const url = `/page?ui_locales=${encodeURIComponent(tag)}`;
    expect(titleOf(asked(url, { 'accept-language': tag }))).toEqual(['en ltr', 'Sign in']);
  });

  it('of a text that it lacks is that of a nearer language, else English and marked so (WCAG 3.1.2)', () => {
    const texts = { 'de-CH': { 'signIn.title': 'Grüezi' }, nl: { 'frame.help': 'Hulp' } };
    const of = (language: string, key: TextKey) =>
      shown({ body: html`<p>${text(key, { count: 1 })}</p>` }, { texts }, asked(`/page?ui_locales=${language}`)).body;
    expect(of('de-CH', 'signIn.title')).toContain('<p>Grüezi</p>');
    expect(of('de-CH', 'frame.help')).toContain('<p>Hilfe</p>');
    expect(of('nl', 'frame.help')).toContain('<p>Hulp</p>');
    expect(of('nl', 'keys.requests')).toContain('<p><span lang="en" dir="ltr">1 request</span></p>');
  });

  it('of a text that the host has in English is the language itself, where we have it', () => {
    const texts = { en: { 'signIn.title': 'Log in' } } as const;
    const request = (language: string) => asked(`/page?ui_locales=${language}`);
    expect(titleOf(request('de'), { texts })).toEqual(['de ltr', 'Anmelden']);
    expect(titleOf(request('en-GB'), { texts })).toEqual(['en ltr', 'Log in']);
  });

  it('in attributes has no elements', () => {
    const framed = html`<iframe title="to ${text('signOut.frame', { client: '<b>"' })}"></iframe>`;
    expect(shown({ body: framed }).body).toContain('title="to Signing out of \u2068&lt;b&gt;&quot;\u2069"');
  });

  it('is remembered for a year where the user has chosen it, else until the browser is closed', () => {
    const cookieFor = (site: string) => {
      const request = asked('/page?ui_locales=de', { 'sec-fetch-site': site });
      return writerOf().finish(page({ title: TITLE, body: html`` }), request).cookies[0];
    };
    expect(cookieFor('same-origin')).toContain('Max-Age=31536000');
    for (const site of ['cross-site', 'same-site', 'none', '']) expect(cookieFor(site)).not.toMatch(/max-age|expires/i);
  });

  it('can be chosen on a page that answers a form, at its address', () => {
    const form = asked('/sign-in', {}, 'POST');
    const { body } = shown({ self: '/auth/sign-in?continue=%2Fx' }, {}, form);
    expect(body).toContain('<a href="/auth/sign-in?continue=%2Fx&amp;ui_locales=de" lang="de"');
  });

  it('can be chosen, by its own name and without losing the query', () => {
    const { body } = shown({}, languages, asked('/page?continue=%2Fx&ui_locales=en'));
    expect(body).toContain('<a href="?continue=%2Fx&amp;ui_locales=nl" lang="nl" hreflang="nl">Nederlands</a>');
    expect(shown({}, languages, asked('/page', {}, 'POST')).body).not.toContain('hreflang');
  });

  it.each([
    ['fa', 'rtl'],
    ['yi', 'rtl'],
    ['ckb', 'rtl'],
    ['uz-Arab', 'rtl'],
    ['uz', 'ltr'],
    ['ku', 'ltr'],
  ])('%s is written %s', (language, direction) => {
    expect(titleOf(asked(`/page?ui_locales=${language}`), { texts: { [language]: {} } })[0]).toBe(
      `${language} ${direction}`,
    );
  });
});
