import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../secrets/secret-box.js';
import { AuthCookies } from '../request/cookies.js';
import type { HeaderBag } from '../request/headers.js';

const COOKIE = 'new_secret';
/** Between the form that makes a secret and the page that shows it. */
const LIFE_SECONDS = 60;

/** What the secret is, and who made it. */
export interface RevealedSecret {
  /** What it belongs to, e.g. `api-key:<id>`. */
  readonly of: string;
  readonly subjectId: string;
}

/**
 * Carries a new secret from the form that made it to the page that shows it, which a reload does not show again: encrypted in a cookie of
 * the browser that made it, so that it is in no table, no address and no log.
 */
@Injectable()
export class SecretReveal {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly box: SecretBox,
  ) {}

  /** The cookie that holds the secret. */
  hold(which: RevealedSecret, secret: string): string {
    return this.cookies.write(COOKIE, this.box.seal(secret, contextOf(which)).toString('base64url'), LIFE_SECONDS);
  }

  /** The secret, if this browser has just made it. Clear the cookie with the reply that shows it. */
  secretOf(which: RevealedSecret, headers: HeaderBag): string | null {
    for (const value of this.cookies.values(headers, COOKIE)) {
      const secret = this.box.open(Buffer.from(value, 'base64url'), contextOf(which));
      if (secret !== null) return secret;
    }
    return null;
  }

  cleared(): string[] {
    return this.cookies.clear(COOKIE);
  }
}

function contextOf({ of, subjectId }: RevealedSecret): string {
  return `new-secret:${subjectId}:${of}`;
}
