import { Injectable } from '@nestjs/common';
import { AuthCookies } from '../../common/http/request/cookies.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import type { ApiKeyWithSecret } from '../keys/api-key.view.js';

const COOKIE = 'new_key';
/** Between the form that makes a key and the page that shows it. */
const LIFE_SECONDS = 60;

/**
 * Carries a new key from the form that made it to the page that shows it, which a reload does not show again: encrypted in a cookie of the
 * browser that made it, so that it is in no table, no address and no log.
 */
@Injectable()
export class KeyReveal {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly box: SecretBox,
  ) {}

  /** The cookie that holds the key. */
  hold({ id, key }: ApiKeyWithSecret, subjectId: string): string {
    const sealed = this.box.seal(key, contextOf(id, subjectId)).toString('base64url');
    return this.cookies.write(COOKIE, `${id}.${sealed}`, LIFE_SECONDS);
  }

  /** The secret of this key, if this browser has just made it. Clear the cookie with the reply that shows it. */
  secretOf(keyId: string, subjectId: string, headers: HeaderBag): string | null {
    for (const value of this.cookies.values(headers, COOKIE)) {
      const [id, sealed = ''] = value.split('.');
      const key = id === keyId ? this.box.open(Buffer.from(sealed, 'base64url'), contextOf(keyId, subjectId)) : null;
      if (key !== null) return key;
    }
    return null;
  }

  cleared(): string[] {
    return this.cookies.clear(COOKIE);
  }
}

function contextOf(keyId: string, subjectId: string): string {
  return `new-api-key:${keyId}:${subjectId}`;
}
