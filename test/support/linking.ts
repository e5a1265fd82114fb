import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { Browser } from './browser.js';
import {
  CLIENT,
  startIdentityProvider,
  type IdentityProvider,
  type IdentityProviderOptions,
} from './identity-provider.js';
import { get, post, travel } from './travel.js';
import type { Type } from '@nestjs/common';
import type { AccountLinkingOptions, ProviderOptions, UserDirectory } from '../../src/index.js';
import { signUp, TEST_PASSWORD } from './users.js';

export interface LinkingHost {
  readonly host: TestApp;
  readonly idp: IdentityProvider;
  close(): Promise<void>;
}

/** A host with one real OpenID provider, `test-idp`. */
export async function createLinkingHost(
  linking: Omit<AccountLinkingOptions, 'providers'> = {},
  options: {
    idp?: IdentityProviderOptions;
    app?: TestAppOptions;
    users?: Type<UserDirectory>;
    overrides?: Record<string, Partial<ProviderOptions>>;
  } = {},
): Promise<LinkingHost> {
  const idp = await startIdentityProvider(options.idp);
  const providers = (options.idp?.providerIds ?? ['test-idp']).map((providerId) => ({
    providerId,
    issuer: idp.issuer,
    ...CLIENT,
    ...options.overrides?.[providerId],
  }));
  const host = await createTestApp({
    ...options.app,
    auth: {
      allowPrivateNetwork: true,
      accountLinking: { ...linking, providers },
      ...(options.users && { accounts: { users: options.users } }),
      ...options.app?.auth,
    },
  });
  const close = async () => {
    await host.close();
    await idp.close();
  };
  return { host, idp, close };
}

let count = 0;

/** Adds a person to the provider. @returns their name, for `idp.person` */
export function somebody(
  idp: IdentityProvider,
  claims: Record<string, unknown> = {},
): { person: string; email: string } {
  const person = `person-${++count}`;
  const email = `${person}@example.com`;
  idp.people.set(person, { email, email_verified: true, name: 'Ada Lovelace', ...claims });
  idp.person = person;
  return { person, email: String(claims['email'] ?? email) };
}

/** A user of ours with a password, signed in in a browser of their own. */
export async function localUser(
  host: TestApp,
  email: string,
  verified = true,
): Promise<{ browser: Browser; id: string }> {
  const { id } = await signUp(host.url, { email });
  if (verified) await host.sql('UPDATE auth_user SET email_verified = true WHERE id = $1', [id]);
  const browser = new Browser();
  const { status } = await post(host, browser, 'sign-in/email', { email, password: TEST_PASSWORD });
  if (status !== 200) throw new Error(`sign-in failed: ${status}`);
  return { browser, id };
}

/** Signs in through the provider. @returns the callback's reply */
export async function signInThrough(host: TestApp, browser: Browser, providerId = 'test-idp'): Promise<Response> {
  const begun = await post(host, browser, 'sign-in/social', { provider: providerId, callbackURL: '/home' });
  return travel(host, browser, begun.body.url);
}

/** Links the provider's account to the user who is signed in in this browser. @returns the callback's reply */
export async function linkThrough(host: TestApp, browser: Browser, providerId = 'test-idp'): Promise<Response> {
  const begun = await post(host, browser, 'link-social', { provider: providerId, callbackURL: '/settings' });
  if (begun.status !== 200) throw new Error(`link-social failed: ${begun.text}`);
  return travel(host, browser, begun.body.url);
}

export async function accountsOf(
  host: TestApp,
  browser: Browser,
): Promise<{ id: string; providerId: string; accountId: string; userId: string }[]> {
  return (await get(host, browser, 'list-accounts')).body;
}

export async function userIdOf(host: TestApp, browser: Browser): Promise<string | null> {
  return (await get(host, browser, 'get-session')).body?.user.id ?? null;
}
