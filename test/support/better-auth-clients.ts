import { createAuthClient as createClient17 } from 'better-auth/client';
import { createAuthClient as createClient16 } from 'better-auth-16/client';
import { Browser } from './browser.js';

/** Result of every call of the client. */
export interface Outcome<Data = any> {
  readonly data: Data;
  readonly error: { code?: string; message?: string; status: number; statusText: string } | null;
}

/** The client as JavaScript sees it: a proxy that turns any chain of names into a request. */
export interface LooseClient {
  (body?: object, fetchOptions?: object): Promise<Outcome>;
  readonly [name: string]: LooseClient;
}

/** Both major lines of the unmodified client that this project supports; one on each adapter, since neither depends on the other. */
export const CLIENTS = [
  { version: '1.7.25', adapter: 'express', create: createClient17 as unknown as (options: object) => LooseClient },
  { version: '1.6.34', adapter: 'fastify', create: createClient16 as unknown as (options: object) => LooseClient },
] as const;

export const PASSWORD = 'correct horse battery staple';
export const NEW_PASSWORD = 'another horse battery staple';
let count = 0;

export const freshEmail = () => `client-${++count}@example.com`;

/** Helpers for one version of the client against one host. */
export class ClientKit {
  constructor(
    private readonly create: (options: object) => LooseClient,
    private readonly url: () => string,
  ) {}

  /** A client in a browser of its own. */
  readonly cookieClient = (browser = new Browser()) => ({
    browser,
    client: this.create({ baseURL: this.url(), fetchOptions: { customFetchImpl: browser.fetch } }),
  });

  readonly bearerClient = (token: string) =>
    this.create({ baseURL: this.url(), fetchOptions: { headers: { Authorization: `Bearer ${token}` } } });

  readonly plainClient = () => this.create({ baseURL: this.url() });

  /** A new user, signed in by cookie. */
  readonly signedUp = async () => {
    const { browser, client } = this.cookieClient();
    const email = freshEmail();
    const { data, error } = await client['signUp']!['email']!({ email, password: PASSWORD, name: 'Ada' });
    if (error) throw new Error(`sign-up: ${error.status} ${error.code}`);
    return { browser, client, email, data };
  };
}
