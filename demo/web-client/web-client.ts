import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AuthorizationResponseError } from 'openid-client';
import { errorPage, homePage, reachedPage, tooWeakPage } from './pages.js';
import { SignIn, type SignedIn, type StepUpWish } from './sign-in.js';
import { webClientOrigin } from './web-client.config.js';

export interface WebClientOptions {
  readonly port: number;
  /** The provider: this demo. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What this application knows about one browser. */
interface BrowserState {
  pending?: Awaited<ReturnType<SignIn['begin']>> & { readonly returnTo: string };
  user?: SignedIn;
}

/** Pages that call routes of the API which want more than any sign-in, and what is said when those answer. */
const WANTING: Readonly<Record<string, { readonly route: string; readonly reached: string }>> = {
  '/recent': { route: '/ping/recent', reached: 'the sign-in is recent' },
  '/two-step': { route: '/ping/two-step', reached: 'the sign-in had a second step' },
};
/** OpenID Connect Unmet Authentication Requirements 1. */
const TOO_WEAK = 'unmet_authentication_requirements';
const COOKIE = 'web_client_session';
const MAX_BROWSERS = 1_000;

/**
 * Another application, at an origin of its own, that lets users sign in with this demo: OpenID Connect with `openid-client`, without
 * nest-authority. Its sessions are in memory.
 */
export class WebClient {
  private readonly browsers = new Map<string, BrowserState>();
  private readonly signIn: SignIn;
  private readonly server: Server;

  constructor(private readonly options: WebClientOptions) {
    this.signIn = new SignIn({ ...options, origin: this.origin });
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => send(response, 502, errorPage(String(error))));
    });
  }

  get origin(): string {
    return webClientOrigin(this.options.port);
  }

  /** @returns false when the port is taken; the demo then runs without it */
  start(): Promise<boolean> {
    return new Promise((resolve) => {
      this.server.once('error', () => resolve(false));
      this.server.listen(this.options.port, () => resolve(true));
      this.server.unref();
    });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The browser returns to the registered address, so the cookie must be set there.
    if (request.headers.host !== new URL(this.origin).host) return redirect(response, this.origin);
    const url = new URL(request.url ?? '/', this.origin);
    const browser = this.browserOf(request, response);
    if (url.pathname === '/') return send(response, 200, homePage(browser.user ?? null, this.options.issuer));
    if (url.pathname === '/sign-in') {
      return this.begin('/', browser, response);
    }
    if (Object.hasOwn(WANTING, url.pathname)) return this.call(url, browser, response);
    if (url.pathname === '/callback') return this.finish(url, browser, response);
    if (url.pathname === '/sign-out') {
      const { user } = browser;
      delete browser.user;
      return redirect(response, user ? await this.signIn.signOutUrl(user.idToken) : '/');
    }
    return send(response, 404, errorPage('There is no such page.'));
  }

  /** @param wish what an API has asked for */
  private async begin(returnTo: string, browser: BrowserState, response: ServerResponse, wish?: StepUpWish) {
    browser.pending = { ...(await this.signIn.begin(wish)), returnTo };
    redirect(response, browser.pending.url);
  }

  /** Steps up by itself: the user sees the sign-in page, and then what they wanted. Once; an API that asks again after that asks in vain. */
  private async call({ pathname, searchParams }: URL, browser: BrowserState, response: ServerResponse): Promise<void> {
    if (!browser.user) return redirect(response, '/');
    const { route, reached } = WANTING[pathname]!;
    const wish = await this.signIn.missingFor(browser.user, route);
    if (wish === null) return send(response, 200, reachedPage(reached));
    if (searchParams.has('again')) return send(response, 400, errorPage('The API wants still more.'));
    return this.begin(`${pathname}?again`, browser, response, wish);
  }

  private async finish(url: URL, browser: BrowserState, response: ServerResponse): Promise<void> {
    const { pending } = browser;
    delete browser.pending;
    if (!pending) return send(response, 400, errorPage('This browser has not begun to sign in.'));
    try {
      browser.user = await this.signIn.finish(url, pending);
    } catch (error) {
      const isTooWeak = error instanceof AuthorizationResponseError && error.error === TOO_WEAK;
      return send(response, 400, isTooWeak ? tooWeakPage(this.options.issuer) : errorPage(reasonOf(error)));
    }
    redirect(response, pending.returnTo);
  }

  private browserOf(request: IncomingMessage, response: ServerResponse): BrowserState {
    const known = /(?:^|;\s*)web_client_session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    const state = known === undefined ? undefined : this.browsers.get(known);
    if (state) return state;
    const id = randomBytes(24).toString('base64url');
    if (this.browsers.size >= MAX_BROWSERS) this.browsers.delete(this.browsers.keys().next().value!);
    const fresh: BrowserState = {};
    this.browsers.set(id, fresh);
    response.setHeader('Set-Cookie', `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`);
    return fresh;
  }
}

/** The provider's message, for example that the user has refused; else our own error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof AuthorizationResponseError)) return String(error);
  return `${error.error_description ?? 'The provider refused'} (${error.error})`;
}

function send(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(page);
}

function redirect(response: ServerResponse, url: string): void {
  response.writeHead(302, { Location: url, 'Cache-Control': 'no-store' });
  response.end();
}
