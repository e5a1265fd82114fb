import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { PageWorld, Who } from './page-world.js';
import { signUp, type SignedInUser } from './users.js';

/** One page in one state. */
export interface PageRow {
  readonly name: string;
  /** Default: nobody is signed in. */
  readonly as?: Who;
  /** Where it is opened, below `/api/auth/`; with a slash, from the root. */
  readonly path: string | ((world: PageWorld) => string | Promise<string>);
  /** What is done there, before the page that results is looked at. */
  readonly then?: (page: Page, world: PageWorld) => Promise<unknown>;
  /** Of the page that results. Default 200. */
  readonly status?: number;
  /** The page has a script, and it runs. */
  readonly scripts?: true;
}

/** A page as the browser has it, and what it says of it. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console: also what the policy has blocked. */
  readonly errors: string[];
  /** Of the last document. */
  status(): number;
  /** As the server wrote it. */
  source(): Promise<string>;
}

export interface Setting {
  /** The browser's language. Default `en`. */
  readonly locale?: string;
  /** Default false. */
  readonly scripts?: boolean;
}

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="10" fill="#0b6e4f"/><path d="M18 14v20l17-10z" fill="#fff"/></svg>';

/** A browser of one person, without scripts unless asked for, as everybody may have it. @param user default: nobody is signed in */
export async function visitAs(
  browser: Browser,
  { url }: Pick<PageWorld, 'url'>,
  user?: SignedInUser,
  { locale = 'en', scripts = false }: Setting = {},
): Promise<Visit> {
  const context = await browser.newContext({ javaScriptEnabled: scripts, locale, baseURL: url });
  await context.route('https://films.example/**', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: LOGO }),
  );
  if (user) await context.addCookies(cookiesIn(user.cookie, url));
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  let last: { status: () => number; text: () => Promise<string> } | undefined;
  // A page with the status of an error is reported as one; that is not an error of the page.
  page.on('console', (message) => {
    if (message.type() === 'error' && message.location().url !== page.url()) errors.push(message.text());
  });
  page.on('response', (response) => {
    const request = response.request();
    const isDocument = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (isDocument && (response.headers()['content-type'] ?? '').startsWith('text/html')) last = response;
  });
  return {
    page,
    context,
    errors,
    status: () => last?.status() ?? 0,
    source: async () => (await last?.text()) ?? '',
  };
}

/** Opens the page of a row in a browser of its own. */
export async function openRow(browser: Browser, world: PageWorld, row: PageRow, setting?: Setting): Promise<Visit> {
  const user = row.as === 'throwaway' ? await signUp(world.url) : row.as && world.people[row.as];
  const visit = await visitAs(browser, world, user, { scripts: row.scripts === true, ...setting });
  const path = typeof row.path === 'string' ? row.path : await row.path(world);
  await visit.page.goto(path.startsWith('/') ? path : `/api/auth/${path}`);
  // A session that another row has ended would show the sign-in page, and nobody would notice.
  if (row.as && new URL(visit.page.url()).pathname.endsWith('/sign-in')) throw new Error(`${row.as} is signed out`);
  await row.then?.(visit.page, world);
  return visit;
}

export function cookiesIn(header: string, url: string) {
  return header.split('; ').map((pair) => {
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url };
  });
}
