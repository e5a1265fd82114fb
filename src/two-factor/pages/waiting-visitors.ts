import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { HostPorts } from '../../common/ports/port.js';
import { Claimants, type Claimant } from '../verification/claimants.js';
import type { Proven } from '../verification/proven-sign-ins.js';
import { overPage } from './challenge.page.js';

/** What ends a sign-in that waits: it has to begin anew. */
const OVER: ReadonlySet<string> = new Set([
  'INVALID_TWO_FACTOR_COOKIE',
  'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE',
  'UNAUTHORIZED',
]);

/** Whoever is asked for a second factor in a browser, and where they go from there. */
@Injectable()
export class WaitingVisitors {
  constructor(
    private readonly claimants: Claimants,
    private readonly browser: BrowserSession,
    private readonly origins: TrustedOrigins,
    private readonly routes: AuthRoutes,
    private readonly ports: HostPorts,
  ) {}

  /** By the cookies alone: of a sign-in that waits, else of a session. */
  async of(headers: HeaderBag): Promise<Claimant | null> {
    const waiting = await this.claimants.ofBrowser(headers);
    if (waiting) return waiting;
    const principal = await this.browser.principal(headers);
    return principal && this.claimants.signedIn(principal);
  }

  /** Does what a form asks; a sign-in that is over leads back to the first step. */
  async forClaimant(
    headers: HeaderBag,
    target: string,
    act: (claimant: Claimant) => Promise<HttpReply>,
  ): Promise<HttpReply> {
    try {
      const claimant = await this.of(headers);
      return claimant ? await act(claimant) : overPage(this.signInUrl(target));
    } catch (error) {
      if (!(error instanceof AuthError) || !OVER.has(error.code)) throw error;
      return overPage(this.signInUrl(target));
    }
  }

  /** Where the browser goes with its session (T069). */
  async target(given: string | undefined): Promise<string> {
    return given ? requireCallbackUrl(given, this.origins) : this.routes.publicPathOf('/account');
  }

  signInUrl(continueTo: string): string {
    return this.ports.signInFlow.get().signInUrl(continueTo);
  }

  /** After a right code: on, with the session that it has started or made stronger. */
  async goOn({ started, cookies }: Proven, target: string, headers: HeaderBag): Promise<HttpReply> {
    if (!started) return onwardAfterForm(target, headers).cookie(...cookies);
    const carrier = this.ports.sessionTransport.get().carry(started, headers);
    const url = await this.ports.signInFlow.get().sendBack(started, target);
    return onwardAfterForm(url, headers).cookie(...carrier.cookies, ...cookies);
  }
}
