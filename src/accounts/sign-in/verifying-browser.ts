import { Injectable } from '@nestjs/common';
import { randomBase62, sha256 } from '../../common/crypto.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import type { HeaderBag } from '../../common/http/request/headers.js';

const COOKIE = 'verifying';
const LENGTH = 32;
/** As long as the longest link. */
const SECONDS = 86_400;

/** The browser in which somebody has asked for a link, or has signed up: only there may a link in a mail also sign in. */
@Injectable()
export class VerifyingBrowser {
  constructor(private readonly cookies: AuthCookies) {}

  /**
   * @param headers of a browser that may have a mark: it stays, so that the links of earlier mails are good there too
   * @returns the digest to keep with the link, and complete `Set-Cookie` lines for the browser
   */
  mark(headers: HeaderBag = {}): { readonly digest: string; readonly cookies: readonly string[] } {
    const [secret = randomBase62(LENGTH)] = this.cookies.values(headers, COOKIE);
    // It comes back with the click on a link, which mail programs open from elsewhere.
    const cookie = this.cookies.write(COOKIE, secret, SECONDS, { returnsFromOtherSites: true });
    return { digest: sha256(secret), cookies: [cookie] };
  }

  /** The digest of what this browser keeps; null: nothing. */
  known(headers: HeaderBag): string | null {
    const [secret] = this.cookies.values(headers, COOKIE);
    return secret === undefined ? null : sha256(secret);
  }
}
