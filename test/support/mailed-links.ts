import { TEST_ISSUER, type TestApp } from './app.js';
import type { Browser } from './browser.js';
import type { Mailbox } from './mailbox.js';
import { visit, type Page } from './pages.js';
import { post } from './travel.js';

/** Sign-in by links, in browsers. */
export class MailedLinks {
  constructor(
    private readonly host: () => TestApp,
    private readonly mailbox: Mailbox,
  ) {}

  /** Asks for a link. @returns its path and query, once the mail is there */
  async ask(browser: Browser, email: string, further: object = {}): Promise<string> {
    const before = this.mailbox.messages.length;
    const answer = await post(this.host(), browser, 'sign-in/magic-link', { email, callbackURL: '/home', ...further });
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return this.newest(email, before);
  }

  /** @param after how many messages there were */
  async newest(email: string, after = 0): Promise<string> {
    const { content } = await this.mailbox.newest('magic-link', email, after);
    const { pathname, search } = new URL(content.url);
    return pathname + search;
  }

  open(browser: Browser, link: string): Promise<Page> {
    return visit(this.host(), browser, link);
  }

  tokenOf(link: string): string {
    return new URL(link, TEST_ISSUER).searchParams.get('token')!;
  }

  /** Who is signed in there. */
  async userIn(browser: Browser): Promise<{ email: string; id: string; emailVerified: boolean; name: string } | null> {
    const response = await browser.fetch(`${this.host().url}/api/auth/get-session`);
    return ((await response.json()) as any)?.user ?? null;
  }
}
