import type { AuthOptions, OAuthProviderOptions } from '../../src/index.js';
import { createTestApp, type Adapter, type TestApp, type TestAppOptions } from './app.js';
import { Browser } from './browser.js';
import { freePort } from './free-port.js';
import { valueOf, type Page } from './pages.js';
import { signUp, TEST_PASSWORD } from './users.js';

export interface IssuerHost extends TestApp {
  /** Where it listens: clients discover it like any provider. */
  readonly issuer: string;
}

/** An OpenID provider at its own address, whose clients may be on this machine. */
export async function createIssuerHost(
  oauthProvider: OAuthProviderOptions,
  { adapter, ...auth }: Partial<AuthOptions> & { adapter?: Adapter } = {},
  more: Pick<TestAppOptions, 'controllers'> = {},
): Promise<IssuerHost> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const host = await createTestApp({
    ...more,
    port,
    ...(adapter && { adapter }),
    auth: { issuer, jwt: true, allowPrivateNetwork: true, oauthProvider, ...auth },
  });
  return { ...host, issuer };
}

/** Where a browser ends: at an address of a client, or at a page of ours with a form for it (form_post). */
export interface Landing {
  readonly url: URL;
  readonly form: URLSearchParams | null;
}

const MAX_STEPS = 15;

/** A person with an account and a browser, who fills in our pages and agrees to everything. */
export class Person {
  readonly browser: Browser;
  /** Pages the user was shown: `sign-in`, `consent`, `sign-out`. */
  readonly seen: string[] = [];

  private constructor(
    private readonly host: IssuerHost,
    readonly id: string,
    readonly email: string,
  ) {
    this.browser = new Browser(host.issuer);
  }

  /** A new user who is not signed in anywhere yet. */
  static async of(host: IssuerHost): Promise<Person> {
    const { id, email } = await signUp(host.url);
    return new Person(host, id, email);
  }

  /** Follows a client's redirect until the user is back at a client. */
  async go(start: URL | string): Promise<Landing> {
    let url = new URL(start);
    let form: URLSearchParams | null = null;
    for (let step = 0; step < MAX_STEPS; step++) {
      if (url.origin !== this.host.issuer) return { url, form };
      const page = await this.load(url, form);
      form = page.location === null ? this.fillIn(page) : null;
      url = new URL(page.location ?? actionOf(page), url);
    }
    throw new Error(`in circles at ${url.href}`);
  }

  private async load(url: URL, form: URLSearchParams | null): Promise<Page> {
    const headers = { accept: 'text/html', ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) };
    const init = form === null ? { headers } : { headers, method: 'POST', body: form.toString() };
    const response = await this.browser.fetch(url, init);
    const { status } = response;
    return {
      status,
      headers: response.headers,
      text: await response.text(),
      location: response.headers.get('location'),
    };
  }

  private fillIn(page: Page): URLSearchParams {
    const hidden = page.text.matchAll(/<input type="hidden" name="([^"]+)"/g);
    const form = new URLSearchParams([...hidden].map(([, name]): [string, string] => [name!, valueOf(page, name!)!]));
    if (page.text.includes('name="password"')) {
      this.seen.push('sign-in');
      form.set('email', this.email);
      form.set('password', TEST_PASSWORD);
    } else if (page.text.includes('id="allow"')) {
      this.seen.push('consent');
      form.set('accept', 'true');
    } else if (page.text.includes('id="sign-out"')) this.seen.push('sign-out');
    return form;
  }
}

function actionOf(page: Page): string {
  const action = /<form method="post" action="([^"]*)"/.exec(page.text)?.[1];
  if (action === undefined) throw new Error(`a page without a form: ${page.status} ${page.text}`);
  return action.replaceAll('&amp;', '&');
}
