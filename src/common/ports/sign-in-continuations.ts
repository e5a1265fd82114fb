import { Injectable } from '@nestjs/common';
import { HostPorts } from './port.js';
import type { SessionSignIn } from './sessions.js';

/** A checked authorization request that waits for a sign-in. */
export interface WaitingRequest {
  /** Where a browser with a session resumes the request. */
  readonly url: string;
  /** @returns where the browser goes with this session */
  resume(session: SessionSignIn): Promise<string>;
}

/** Finds the authorization request that waits for a sign-in, for the routes that start sessions. */
@Injectable()
export class SignInContinuations {
  constructor(private readonly ports: HostPorts) {}

  /**
   * Checks the query before the sign-in, so that a bad one starts no session.
   * @param oauthQuery the member `oauth_query` of the body
   * @returns null when no request waits, or the oauth-provider capability is absent
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
