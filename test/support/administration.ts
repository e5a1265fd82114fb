import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { SessionsService, type AuthOptions } from '../../src/index.js';
import { createTestApp, type Adapter, type TestApp } from './app.js';
import { Browser } from './browser.js';
import { providerOptions } from './oauth.js';
import { expectPage, sendForm, visit, type Page } from './pages.js';
import { TEST_PASSWORD, signUp, type SignedInUser } from './users.js';

export const ADMINISTRATOR = 'admin@example.com';
export const AREA = '/api/auth/administration';

/** As the guide shows it: a session of an administrator, in a cookie or as a token; not what acts for them. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(private readonly sessions: SessionsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    const found = await this.sessions.identified(headers);
    return found?.principal.credentialType === 'session' && found.current.user.email === ADMINISTRATOR;
  }
}

export interface AdministeredHost extends TestApp {
  readonly administrator: SignedInUser;
  /** The administrator's. */
  readonly browser: Browser;
}

/** A host whose administrator is signed in at a browser. */
export async function createAdministeredHost(
  auth: Partial<AuthOptions> = {},
  options: { readonly adapter?: Adapter; readonly databaseUrl?: string } = {},
): Promise<AdministeredHost> {
  const scopes = ['openid', 'profile', 'email', 'offline_access', 'read:data'];
  const host = await createTestApp({
    ...options,
    auth: providerOptions(
      { scopes, dynamicRegistration: 'open' },
      { cacheTtl: 0, administration: { guard: RoleGuard }, device: {}, clientCredentials: true, ...auth },
    ),
  });
  const administrator = await signUp(host.url, { email: ADMINISTRATOR });
  return Object.assign(host, { administrator, browser: await signedIn(host, administrator.email) });
}

/** A browser in which this user is signed in. */
export async function signedIn(host: Pick<TestApp, 'url'>, email: string): Promise<Browser> {
  const browser = new Browser();
  const page = await sendForm(host, browser, '/api/auth/sign-in', { email, password: TEST_PASSWORD });
  if (page.status !== 303) throw new Error(`sign-in failed: ${page.status}`);
  return browser;
}

/** Sends a form as the page does that was shown to the administrator. @param path below the prefix, or the page's own */
export function submit(
  { url, browser, administrator }: AdministeredHost,
  path: string,
  fields: Record<string, string> | [string, string][] = {},
): Promise<Page> {
  const given = Array.isArray(fields) ? fields : Object.entries(fields);
  return sendForm({ url }, browser, path, [['shownTo', administrator.id], ...given]);
}

/** What a form leads to, shown. */
export async function follow(host: Pick<TestApp, 'url'>, browser: Browser, page: Page): Promise<Page> {
  expect([page.status, page.location]).toEqual([303, expect.stringMatching(/^\/api\/auth\//)]);
  const shown = await visit(host, browser, page.location!);
  expectPage(shown);
  return shown;
}

/** Makes the proof of identity of every session an old one. */
export async function ageSignIns(host: Pick<TestApp, 'sql'>): Promise<void> {
  await host.sql(
    `UPDATE auth_session SET created_at = now() - interval '3 days', authenticated_at = now() - interval '3 days'`,
  );
}
