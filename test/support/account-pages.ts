import { CredentialCache } from '../../src/common/cache/credential-cache.js';
import type { TestApp } from './app.js';
import { Browser } from './browser.js';
import { decoded, sendForm, visit, type Page } from './pages.js';
import { signUp, TEST_PASSWORD, type SignedInUser } from './users.js';

/** What a form of a page sends when nothing is entered: hidden fields, selected options, checked boxes and values. */
export function formOf(page: Page, action: string): Record<string, string> {
  const form = page.text
    .split('<form ')
    .slice(1)
    .map((part) => part.split('</form>', 1)[0]!)
    .find((part) => new RegExp(`action="[^"]*${action}"`).test(part));
  if (form === undefined) throw new Error(`no form for ${action}: ${page.status} ${mainOf(page)}`);
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = attributeOf(tag, 'name');
    if (name === null || (/type="checkbox"/.test(tag) && !/\schecked/.test(tag))) continue;
    fields[name] = attributeOf(tag, 'value') ?? '';
  }
  for (const [, head, options] of form.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const all = [...options!.matchAll(/<option\b[^>]*>/g)].map(([tag]) => tag);
    const chosen = all.find((tag) => /\sselected/.test(tag)) ?? all[0]!;
    fields[attributeOf(head!, 'name')!] = attributeOf(chosen, 'value')!;
  }
  return fields;
}

/** All values of a select. */
export function optionsOf(page: Page, id: string): string[] {
  const [, options = ''] = new RegExp(`<select id="${id}"[^>]*>([\\s\\S]*?)</select>`).exec(page.text) ?? [];
  return [...options.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value!);
}

/** The page without its head, style and navigation. */
export function mainOf(page: Page): string {
  return /<main>([\s\S]*)<\/main>/.exec(page.text)?.[1] ?? page.text;
}

export function titleOf(page: Page): string {
  return decoded(/<title>([^<]*)<\/title>/.exec(page.text)?.[1] ?? '').replaceAll(/[\u2068\u2069]/g, '');
}

function attributeOf(tag: string, name: string): string | null {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? null : decoded(value);
}

/** Somebody at the pages of their account, in a browser of their own. */
export class Visitor {
  private constructor(
    readonly host: Pick<TestApp, 'url'>,
    readonly user: SignedInUser,
    readonly browser: Browser,
  ) {}

  /** A new user, signed in by the form. */
  static async come(host: Pick<TestApp, 'url'>, name?: string): Promise<Visitor> {
    const user = await signUp(host.url, name === undefined ? {} : { name });
    return Visitor.at(host, user);
  }

  static async at(host: Pick<TestApp, 'url'>, user: SignedInUser, browser = new Browser()): Promise<Visitor> {
    const visitor = new Visitor(host, user, browser);
    await visitor.signIn();
    return visitor;
  }

  /** By the form, in this browser. @returns where it leads */
  async signIn(path = '/api/auth/sign-in'): Promise<Page> {
    const page = await visit(this.host, this.browser, path);
    const fields = {
      ...formOf(page, '/sign-in'),
      email: this.user.email,
      password: this.user.password || TEST_PASSWORD,
    };
    const sent = await sendForm(this.host, this.browser, '/api/auth/sign-in', fields);
    if (sent.status !== 303) throw new Error(`sign-in: ${sent.status} ${mainOf(sent)}`);
    return sent;
  }

  /** @param path below the prefix, or one of ours that a page led to */
  open(path: string): Promise<Page> {
    return visit(this.host, this.browser, path.startsWith('/api/auth') ? path : `/api/auth${path}`);
  }

  /** Sends a form of this page with what it holds and what is entered. @param action the end of its address */
  send(page: Page, action: string, entered: Record<string, string> | [string, string][] = {}): Promise<Page> {
    const fields = Object.entries(formOf(page, action));
    const more = Array.isArray(entered) ? entered : Object.entries(entered);
    const kept = fields.filter(([name]) => !more.some(([other]) => other === name));
    return sendForm(this.host, this.browser, `/api/auth${action}`, [...kept, ...more]);
  }

  /** The same, and on to where it leads. */
  async submit(page: Page, action: string, entered: Record<string, string> | [string, string][] = {}): Promise<Page> {
    return this.follow(await this.send(page, action, entered));
  }

  async follow(page: Page): Promise<Page> {
    return page.location === null ? page : this.open(page.location);
  }
}

/** Whoever signed in longer ago than the host's `freshAge`. */
export async function notFresh(host: TestApp, subjectId: string): Promise<void> {
  await host.sql(
    `UPDATE auth_session SET created_at = now() - interval '3 days', authenticated_at = now() - interval '3 days' WHERE subject = $1`,
    [subjectId],
  );
  host.app.get(CredentialCache).flush();
}
