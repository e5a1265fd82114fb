import type { CoreSettings } from '../../options/core-options.js';
import { acceptedLanguages, chooseLanguage, uiLocales } from '../../texts/choose-language.js';
import type { Reader } from '../../texts/reader.js';
import type { Readers } from '../../texts/readers.js';
import type { AuthCookies } from '../request/cookies.js';
import { header } from '../request/headers.js';
import { HttpReply } from '../request/reply.js';
import type { EdgeContext } from '../request/request-context.js';
import { documentOf, type OtherLanguage } from './page.document.js';
import { lookOf, type PageLook } from './page.look.js';
import { PageReply, type PageModel } from './page.js';
import { contentPolicy } from './page.policy.js';
import { pageAgain } from './ways-on.js';

const LANGUAGE_COOKIE = 'language';
const PARAMETER = 'ui_locales';
/** A year: a choice of the user, like a colour scheme, and no secret. */
const CHOSEN_SECONDS = 31_536_000;

/** Writes our pages: with the host's look, in the language of whoever asked. */
export class PageWriter {
  /** BCP 47 tags of the languages that pages can be had in. */
  readonly languages: readonly string[];
  private readonly look: PageLook;

  constructor(
    { pages, issuerUrl }: CoreSettings,
    private readonly cookies: AuthCookies,
    private readonly readers: Readers,
    /** Address of the user's account; null where there are no such pages. Asked when a page is written: routes are mounted late. */
    private readonly accountUrl: () => string | null = () => null,
  ) {
    this.languages = readers.languages;
    this.look = lookOf(pages, issuerUrl.host);
  }

  /** Writes the page that a reply has. On routes that people see, the language that the request names is remembered. */
  finish(reply: HttpReply, request: EdgeContext): HttpReply {
    if (!(reply instanceof PageReply) && !request.rendersPage) return reply;
    const finished = reply instanceof PageReply ? this.write(reply, request) : reply;
    const remembered = reply.tellsLanguage ? null : this.rememberedLanguage(request);
    return remembered === null ? finished : finished.cookie(remembered);
  }

  /** The whole document, with headers that forbid scripts and framing (T067). They replace the host's headers of the same names. */
  write(reply: PageReply, request: EdgeContext): HttpReply<string> {
    const { body: model } = reply;
    const reader = this.readers.of(this.languageOf(request));
    const around = {
      languages: this.others(reader, placeOf(model, request)),
      again: pageAgain(request),
      account: this.accountUrl(),
    };
    const written = new HttpReply(documentOf(model, this.look, reader, around))
      .withStatus(reply.status ?? 200)
      .header('Content-Type', 'text/html; charset=utf-8')
      .header('Content-Language', reader.language)
      .header('Content-Security-Policy', contentPolicy(model, this.look.styleSource))
      .header('X-Frame-Options', 'DENY')
      .header('X-Content-Type-Options', 'nosniff')
      .header('Referrer-Policy', 'same-origin')
      .header('Cache-Control', 'no-store');
    Object.assign(written.headers, reply.headers);
    return written.cookie(...reply.cookies);
  }

  /** Named in the request, else chosen before, else by the browser's list; null: the host's default. */
  languageOf(request: EdgeContext): string | null {
    const accepted = acceptedLanguages(header(request.headers, 'accept-language'));
    return this.namedIn(request) ?? this.rememberedIn(request) ?? chooseLanguage(accepted, this.languages);
  }

  /** A cookie; null: nothing to remember. */
  private rememberedLanguage(request: EdgeContext): string | null {
    const named = this.namedIn(request);
    if (named === null || named === this.rememberedIn(request)) return null;
    // What another site has asked for, such as a client by `ui_locales`, is not what the user has chosen: it ends with the browser's session.
    const isChosen = header(request.headers, 'sec-fetch-site') === 'same-origin';
    return this.cookies.write(LANGUAGE_COOKIE, named, isChosen ? CHOSEN_SECONDS : null);
  }

  private namedIn(request: EdgeContext): string | null {
    const { body } = (request.request ?? {}) as { body?: Readonly<Record<string, unknown>> };
    const query = new URLSearchParams(urlOf(request).split('?', 2)[1]);
    return chooseLanguage(uiLocales(query.get(PARAMETER) ?? body?.[PARAMETER]), this.languages);
  }

  private rememberedIn({ headers }: EdgeContext): string | null {
    return chooseLanguage(this.cookies.values(headers, LANGUAGE_COOKIE), this.languages);
  }

  /** The same page in the other languages. */
  private others(reader: Reader, place: string | null): OtherLanguage[] {
    if (place === null) return [];
    const [path = '', query = ''] = place.split('?', 2);
    return this.languages
      .filter((language) => language !== reader.language)
      .map((language) => {
        const parameters = new URLSearchParams(query);
        parameters.set(PARAMETER, language);
        return { language, href: `${path}?${parameters}` };
      });
  }
}

/** The address that shows this page again: relative, so that it holds behind a proxy that moves our paths. A form is not sent twice. */
function placeOf({ self }: PageModel, request: EdgeContext): string | null {
  return request.request?.method === 'GET' ? `?${urlOf(request).split('?', 2)[1] ?? ''}` : (self ?? null);
}

function urlOf({ request }: EdgeContext): string {
  const { originalUrl, url = '/' } = (request ?? {}) as { originalUrl?: string; url?: string };
  return originalUrl ?? url;
}
