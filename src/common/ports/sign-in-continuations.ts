import { Injectable } from '@nestjs/common';
import { HostPorts } from './port.js';
import type { StartedSignIn } from './sign-in-continuation.js';

/** An authorization request that waits for this sign-in; it has been checked. */
export interface WaitingRequest {
  /** Where a browser with a session takes it up. */
  readonly url: string;
  /** @returns where the browser goes now that it has this session */
  resume(session: StartedSignIn): Promise<string>;
}

/** Finds what goes on after a sign-in, for the routes that start sessions. */
@Injectable()
export class SignInContinuations {
  constructor(private readonly ports: HostPorts) {}

  /**
   * Checks the query before anybody signs in for it: with a bad one no session is started.
   * @param oauthQuery the member `oauth_query` of the body
   * @returns null when nothing waits, or nobody here knows such queries
   * @throws AuthError 400 `INVALID_SIGNATURE`
   */
  async find(oauthQuery: string | undefined): Promise<WaitingRequest | null> {
    const { signInContinuation: port } = this.ports;
    if (!port.filled || oauthQuery === undefined) return null;
    const continuation = port.get();
    const url = await continuation.resume(oauthQuery, null);
    return { url, resume: (session) => continuation.resume(oauthQuery, session) };
  }
}
