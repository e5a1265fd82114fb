import type { TestApp } from './app.js';
import type { Browser } from './browser.js';

/** A page as a browser without script sees it. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where a redirect leads; null for a page. */
  readonly location: string | null;
}

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** Opens an address of ours. @param path root-relative */
export async function visit(host: Pick<TestApp, 'url'>, browser: Browser, path: string): Promise<Page> {
  return pageOf(await browser.fetch(host.url + path, { headers: HTML }));
}

/** Sends a form as our page does. */
export async function sendForm(
  host: Pick<TestApp, 'url'>,
  browser: Browser,
  path: string,
  fields: Record<string, string> | [string, string][],
  further: Record<string, string> = {},
): Promise<Page> {
  return pageOf(
    await browser.fetch(host.url + path, {
      method: 'POST',
      headers: { ...HTML, 'content-type': 'application/x-www-form-urlencoded', ...further },
      body: new URLSearchParams(fields).toString(),
    }),
  );
}

async function pageOf(response: Response): Promise<Page> {
  const { status, headers } = response;
  return { status, headers, text: await response.text(), location: headers.get('location') };
}

/** Text of the element with this id, without tags; null when there is none. */
export function textOf(page: Page, id: string): string | null {
  const match = new RegExp(`<([a-z0-9]+)[^>]* id="${id}"[^>]*>([\\s\\S]*?)</\\1>`).exec(
    page.text.replaceAll(/<([a-z0-9]+) id=/g, '<$1  id='),
  );
  return match ? decoded(match[2]!.replaceAll(/<[^>]*>/g, '')).trim() : null;
}

/** Value of the input with this name; null when there is none. */
export function valueOf(page: Page, name: string): string | null {
  const input = page.text.match(/<input\b[^>]*>/g)?.find((tag) => tag.includes(` name="${name}"`));
  const value = input && / value="([^"]*)"/.exec(input)?.[1];
  return value === undefined ? null : decoded(value);
}

/** What every page of ours must fulfil (T067), whatever it shows. */
export function expectPage(page: Page, status = 200): void {
  expect([page.status, page.location]).toEqual([status, null]);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy') ?? '';
  for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
    expect(policy).toContain(directive);
  expect(policy).not.toMatch(/script-src|unsafe|\*/);
  expect(page.headers.get('x-frame-options')).toBe('DENY');
  expect(page.headers.get('referrer-policy')).toBe('same-origin');
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.text).not.toMatch(/<script|\son[a-z]+=|javascript:/i);
  expect(page.text).toMatch(/^<!doctype html>\s*<html lang="en" dir="ltr">/);
}

export function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&');
}
