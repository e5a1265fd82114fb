import { oauthProviderClient } from '@better-auth/oauth-provider/client';
import { createAuthClient } from 'better-auth/client';
import type { LooseClient, Outcome } from './better-auth-clients.js';
import { Browser } from './browser.js';
import type { IssuerHost } from './relying-party.js';

const create = createAuthClient as unknown as (options: object) => LooseClient;

/** The result of a call on a page, and where the client has sent the window. */
export interface PageOutcome extends Outcome {
  readonly href: string;
}

/** A browser with the host's own pages, on which better-auth's client runs with `oauthProviderClient()`. */
export class ClientPage {
  readonly browser: Browser;
  readonly client: LooseClient;

  constructor(private readonly host: IssuerHost) {
    this.browser = new Browser(host.issuer);
    this.client = create({
      baseURL: host.url,
      plugins: [oauthProviderClient()],
      fetchOptions: { customFetchImpl: this.browser.fetch },
    });
  }

  /** Calls the client while the window shows this address: the plugin reads the query there, and redirects from there. */
  async on(address: string, call: (client: LooseClient) => Promise<Outcome>): Promise<PageOutcome> {
    const { search } = new URL(address, this.host.issuer);
    const location = { search, href: address };
    Object.assign(globalThis, { window: { location } });
    try {
      return { ...(await call(this.client)), href: location.href };
    } finally {
      Reflect.deleteProperty(globalThis, 'window');
    }
  }

  /** Follows a link. @returns the address to which it redirects */
  async follow(path: string): Promise<string> {
    const response = await this.browser.fetch(new URL(path, this.host.issuer), { headers: { accept: 'text/html' } });
    const location = response.headers.get('location');
    if (location === null) throw new Error(`no redirect: ${response.status} ${await response.text()}`);
    return location;
  }
}
