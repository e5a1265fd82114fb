import { Injectable } from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import { Extensions } from '../extensions.js';
import type { HeaderBag } from '../http/request/headers.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';

/** The user of a browser, by its session cookie alone: for pages, which may also be shown to users who are not signed in. */
@Injectable()
export class BrowserSession {
  constructor(private readonly extensions: Extensions) {}

  /** @returns null without a live session. @throws AuthError 503 when the database cannot answer */
  async principal(headers: HeaderBag): Promise<AuthPrincipal | null> {
    const cookie = this.extensions.authenticators.find(({ scheme }) => scheme === 'session');
    const credential = cookie?.present(headers);
    if (!cookie || credential === undefined) return null;
    try {
      return await cookie.authenticate(credential, { headers, address: () => null });
    } catch (error) {
      if (error instanceof AuthError && error.status < 500) return null;
      throw error;
    }
  }
}
