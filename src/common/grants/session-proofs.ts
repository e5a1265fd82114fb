import { Injectable } from '@nestjs/common';
import { Extensions } from '../extensions.js';
import type { EdgeContext, GuardedRequest } from '../http/request/request-context.js';
import { AuthContext } from '../ports/auth-context.js';
import { SERVER, type Caller } from '../ports/caller.js';
import { NO_PROOF, type SenderProof, type SessionBinding } from '../ports/sender-proof.js';
import { SenderProofs } from './sender-proofs.js';

/** The keys that sessions, and the tokens made from them, are bound to: those that the sender of the current request has proved to hold. */
@Injectable()
export class SessionProofs {
  constructor(
    private readonly extensions: Extensions,
    private readonly proofs: SenderProofs,
  ) {}

  /** Asked once there are requests: the capability that knows is added while the application starts. */
  get binding(): SessionBinding {
    return this.extensions.all.find(({ sessionBinding }) => sessionBinding !== undefined)?.sessionBinding ?? 'off';
  }

  /**
   * Checks the proof of a request before any of our routes acts on it: who has no nonce yet loses neither a code nor a link nor an attempt.
   * @throws AuthError 400 `invalid_dpop_proof`, `use_dpop_nonce`
   */
  async foresee(request: GuardedRequest, { cookies }: Pick<EdgeContext, 'cookies'>): Promise<void> {
    if (request.headers['dpop'] === undefined || this.binding === 'off') return;
    const { nonce } = await this.proofs.of(request);
    if (nonce !== null) cookies?.tell('DPoP-Nonce', nonce);
  }

  /**
   * What a session that starts now is bound to. A caller who is here by a bound credential, and gets another session for it, gets no weaker one.
   * @throws AuthError as `foresee`
   */
  async ofSignIn(caller: Caller): Promise<SenderProof> {
    if (caller === SERVER) return NO_PROOF;
    const confirmation = AuthContext.requestContext?.principal?.confirmation;
    if (confirmation) return { ...NO_PROOF, confirmation };
    return this.binding === 'off' ? NO_PROOF : this.ofRequest();
  }

  /** What the sender of the current request proves. @throws AuthError as `foresee` */
  async ofRequest(): Promise<SenderProof> {
    const { request, call, connection, headers } = (AuthContext.requestContext ?? {}) as Partial<EdgeContext>;
    // A message has no method and no address that a proof could be for.
    if (!request || call || connection || headers?.['dpop'] === undefined) return NO_PROOF;
    return (await this.proofs.of(request)).key ?? NO_PROOF;
  }
}
