import { randomUUID } from 'node:crypto';
import { ApiKeysService } from '../../src/index.js';
import { ADMINISTRATOR } from './administration.js';
import { CONSENT, handleIn } from './authorization.js';
import { TV } from './device.js';
import { send } from './http.js';
import { AUTHORIZE, Navigator, pkce } from './oauth.js';
import { API, createPageHost, type PageHost } from './page-host.js';
import { AGENTS } from './page-agents.js';
import { carefulUser } from './page-careful.js';
import type { FactorUser } from './two-factor.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from './users.js';

/** A host whose pages have something to show. */
export interface PageWorld extends PageHost {
  /** A user with sessions, keys, applications and linked accounts, and one who has just signed up. */
  readonly people: Readonly<Record<Exclude<Who, 'throwaway'>, SignedInUser>>;
  /** With an app, backup codes, trusted browsers and passkeys. */
  readonly careful: FactorUser;
  /** Their first key, which was used on most days. */
  readonly keyId: string;
  /** A client that registered itself, with a name as long as they come, and one without a name. */
  readonly unverified: string;
  readonly unnamed: string;
  /** Path and query of an authorization request. @param clientId default: the client that the host has configured */
  authorizePath(clientId?: string, change?: Record<string, string>): string;
  /** The code that a device shows. */
  userCode(): Promise<string>;
}

/** `throwaway`: somebody new each time, who may be signed out or deleted. */
export type Who = 'owner' | 'newcomer' | 'careful' | 'administrator' | 'throwaway';

const LONG_NAME =
  'The Extraordinarily Long-Winded Reporting and Analytics Suite for Small Businesses, Enterprise Edition';

/** Builds it once; its pages may change their own things, never those of others. */
export async function createPageWorld(): Promise<PageWorld> {
  const host = await createPageHost();
  host.client.answer({
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><p id="home">At the client</p>',
  });
  const owner = await signUp(host.url, { name: 'Ada Lovelace', email: 'ada@example.com' });
  const newcomer = await signUp(host.url, { name: 'Grace Hopper', email: 'grace@example.com' });
  const administrator = await signUp(host.url, { name: 'Alan Turing', email: ADMINISTRATOR });
  const careful = await carefulUser(host);
  const redirectUri = `${host.client.origin}/callback`;
  const register = async (name?: string) =>
    (
      await send(`${host.url}/api/auth/oauth2/register`, {
        body: { redirect_uris: [redirectUri], ...(name !== undefined && { client_name: name }) },
      })
    ).body.client_id as string;
  const world: Omit<PageWorld, 'keyId'> = {
    ...host,
    people: { owner, newcomer, administrator, careful },
    careful,
    unverified: await register(LONG_NAME),
    unnamed: await register(),
    authorizePath: (clientId = 'films', change = {}) =>
      `${AUTHORIZE}?${new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: 'openid',
        state: 'a-state',
        code_challenge: pkce().challenge,
        code_challenge_method: 'S256',
        ...change,
      })}`,
    userCode: async () => {
      const body = new URLSearchParams({ client_id: TV.clientId, scope: 'openid profile films:watch', resource: API });
      return (await send(`${host.url}/api/auth/device/code`, { headers: { 'user-agent': 'AcmeTV/4.2 (webOS)' }, body }))
        .body.user_code;
    },
  };
  const keyId = await keysOf(host, owner);
  await otherSessions(host, owner);
  await linkedAccount(host, owner);
  await connected(world, owner);
  return { ...world, keyId };
}

async function keysOf(host: PageHost, { id }: SignedInUser): Promise<string> {
  const keys = host.app.get(ApiKeysService);
  const owner = { kind: 'user', id } as const;
  const ceiling = { scopes: ['reports:read'], permissions: { reports: ['read'] } };
  const first = await keys.create({ owner, name: 'Nightly export', expiresIn: 90 * 86_400, ...ceiling });
  await keys.create({ owner, name: 'Laptop', remaining: 1_200 });
  const stopped = await keys.create({
    owner,
    name: 'A key whose name was written by somebody who had a lot of time, and who wanted to say all about it',
  });
  await host.sql(
    `INSERT INTO auth_api_key_usage (key_id, day, requests)
     SELECT $1, (now() AT TIME ZONE 'UTC')::date - n, 40 + (n * 37) % 90 FROM generate_series(0, 29) AS n WHERE n % 7 > 1`,
    [first.id],
  );
  await host.sql(`UPDATE auth_api_key SET last_request_at = now() - interval '5 minutes' WHERE id = $1`, [first.id]);
  await host.sql('UPDATE auth_api_key SET enabled = false WHERE id = $1', [stopped.id]);
  return first.id;
}

async function otherSessions(host: PageHost, { id, email }: SignedInUser): Promise<void> {
  for (const agent of AGENTS) {
    const { sessionId } = await signIn(host.url, email, TEST_PASSWORD);
    await host.sql(
      `UPDATE auth_session SET user_agent = $2, created_at = now() - interval '3 days', authenticated_at = now() - interval '3 days' WHERE id = $1`,
      [sessionId, agent],
    );
  }
  await host.sql('UPDATE auth_user SET image = NULL WHERE id = $1', [id]);
}

async function linkedAccount(host: PageHost, { id }: SignedInUser): Promise<void> {
  await host.sql(
    `INSERT INTO auth_linked_account (id, subject, provider_id, issuer, account_id)
     VALUES ($1, $2, 'google', 'https://accounts.google.com', 'ada-at-google')`,
    [randomUUID(), id],
  );
}

/** The user has consented to what these clients ask for. */
async function connected(world: Omit<PageWorld, 'keyId'>, { email }: SignedInUser): Promise<void> {
  const browser = new Navigator(world, world.url);
  await browser.post('/api/auth/sign-in', { email, password: TEST_PASSWORD });
  for (const path of [
    world.authorizePath('films', { scope: 'openid profile reports:read', resource: API }),
    world.authorizePath(world.unverified),
  ])
    await browser.post(CONSENT, { consent_code: handleIn(await browser.get(path)), accept: 'true' });
}
