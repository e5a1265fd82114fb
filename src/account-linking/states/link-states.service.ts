import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, randomBase62, sha256 } from '../../common/crypto.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { ACCOUNT_LINKING_SETTINGS, type AccountLinkingSettings } from '../account-linking.options.js';
import { LinkStateStore, type CallbackRoute, type LinkStateRow, type NewLinkState } from './link-state.store.js';

/** The secrets of a provider redirect: what proves that the code and the ID token belong to it. */
export interface LinkStateSecrets {
  readonly codeVerifier: string;
  readonly nonce: string;
}

export type NewProviderRedirect = Omit<NewLinkState, 'stateHash' | 'browserHash' | 'sealSecrets' | 'lifetimeSeconds'>;

/** A provider redirect that has come back. */
export interface BegunProviderRedirect extends LinkStateSecrets {
  readonly row: LinkStateRow;
}

const STATE_COOKIE = 'state';
/** 43 characters of base62 carry 256 bits; as a PKCE verifier they are as long as RFC 7636 4.1 asks for. */
const SECRET_LENGTH = 43;

/**
 * `state` values: good once and for ten minutes, bound to the browser (a signed cookie), to provider, route and purpose, and for linking to user
 * and session (T111). There is one cookie per browser, not per redirect, so that two tabs do not overwrite each other's.
 */
@Injectable()
export class LinkStatesService {
  constructor(
    private readonly store: LinkStateStore,
    private readonly cookies: AuthCookies,
    private readonly box: SecretBox,
    @Inject(ACCOUNT_LINKING_SETTINGS) private readonly settings: AccountLinkingSettings,
  ) {}

  /** @returns the secrets, the state, and the cookie line that binds them to this browser */
  async begin(
    redirect: NewProviderRedirect,
    headers: HeaderBag,
  ): Promise<LinkStateSecrets & { state: string; cookie: string }> {
    const state = randomBase62(SECRET_LENGTH);
    const browser = (await this.liveBrowser(headers)) ?? randomBase62(SECRET_LENGTH);
    const secrets: LinkStateSecrets = { codeVerifier: randomBase62(SECRET_LENGTH), nonce: randomBase62(SECRET_LENGTH) };
    await this.store.insert({
      ...redirect,
      stateHash: digestToBytes(sha256(state)),
      browserHash: digestToBytes(sha256(browser)),
      sealSecrets: (id) => this.box.seal(JSON.stringify(secrets), contextOf(id)),
      lifetimeSeconds: this.settings.stateExpiresInSeconds,
    });
    // The browser comes back from the provider's site, so this cookie must be sent then, even where the session cookie is not.
    const cookie = this.cookies.write(STATE_COOKIE, browser, this.settings.stateExpiresInSeconds, {
      returnsFromOtherSites: true,
    });
    return { ...secrets, state, cookie };
  }

  /** Spends a state. @returns null, whatever is wrong with it */
  async finish(
    presented: { state: string; providerId: string; route: CallbackRoute },
    headers: HeaderBag,
  ): Promise<BegunProviderRedirect | null> {
    const browserHashes = this.browserHashes(headers).map(({ hash }) => hash);
    if (browserHashes.length === 0) return null;
    const row = await this.store.consume({
      stateHash: digestToBytes(sha256(presented.state)),
      browserHashes,
      providerId: presented.providerId,
      route: presented.route,
    });
    const opened = row && this.box.open(row.secrets, contextOf(row.id));
    // Null when sealed under a secret that has been removed: the user starts again.
    return row && opened ? { row, ...(JSON.parse(opened) as LinkStateSecrets) } : null;
  }

  /** The cookie value of this browser that a redirect under way is bound to. Any other value is not reused: an attacker may have set it. */
  private async liveBrowser(headers: HeaderBag): Promise<string | undefined> {
    const brought = this.browserHashes(headers);
    if (brought.length === 0) return undefined;
    const live = await this.store.findBrowser(brought.map(({ hash }) => hash));
    return live === null ? undefined : brought.find(({ hash }) => hash.equals(live))?.value;
  }

  /** Every value that the browser sends: there may be several under one name (RFC 6265 4.2.2). */
  private browserHashes(headers: HeaderBag): { readonly value: string; readonly hash: Buffer }[] {
    const values = this.cookies.values(headers, STATE_COOKIE);
    return values.map((value) => ({ value, hash: digestToBytes(sha256(value)) }));
  }

  /** `errorCallbackURL` of a state that is invalid, spent or expired: it was checked when the redirect began. */
  async errorUrlOf(state: string): Promise<string | null> {
    return this.store.errorUrlOf(digestToBytes(sha256(state)));
  }
}

function contextOf(id: string): string {
  return `link-state:${id}`;
}
