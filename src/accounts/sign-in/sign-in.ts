import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { header, toHeaderBag } from '../../common/http/request/headers.js';
import { AuthContext } from '../../common/ports/auth-context.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInOutcome } from '../../common/ports/second-factor.js';
import type { RequestHeaders } from '../../common/ports/sessions.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { AccountSignInFlow } from './account-sign-in-flow.js';

/** How a user has proved who they are, and to whom the session goes. */
export interface StartSignIn {
  /** In the values of RFC 8176, e.g. `['pwd']`; your own, such as `['saml']`, too. They say how strong the sign-in is (option `acr`). */
  readonly methods: readonly string[];
  /** False: the session ends with the browser, after a day at most. Default true. */
  readonly rememberMe?: boolean;
  /** The reply has a body for access and refresh token; false: they are not made. Default true. */
  readonly answersWithBody?: boolean;
  /** Default: those of the current request. */
  readonly headers?: RequestHeaders;
  /** IP address. Default: that of the current request. */
  readonly address?: string | null;
}

/**
 * Sign-ins that the host's own code has proved: SAML, LDAP, a magic link of its own. They go through the same gate as ours: the host's hooks,
 * the second factor, the limit of sessions.
 *
 * @example
 * class Saml {
 *   constructor(private readonly signIn: SignIn) {}
 *
 *   // Once you have checked what the provider says of this user.
 *   async finish(userId: string) {
 *     const outcome = await this.signIn.start(userId, { methods: ['saml'], answersWithBody: false });
 *     return { url: await this.signIn.sendOn(outcome, '/home') }; // sets the cookies
 *   }
 * }
 */
@Injectable()
export class SignIn {
  constructor(
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly flow: AccountSignInFlow,
    private readonly replies: SessionReplies,
  ) {}

  /**
   * Starts a session, or renews the one that this user has in this browser; or says that a second factor is due. Call it once the proof is
   * done: nothing is checked but whether the user may sign in.
   * @returns a session with its token, or what asks for the second factor (`isDue` tells which)
   * @throws AuthError 401 for a user who is disabled or not there, 403 `EMAIL_NOT_VERIFIED`, or the veto of `hooks.beforeSignIn`
   *
   * @example
   * const outcome = await signIn.start(userId, { methods: ['mfa', 'saml'] });
   * if (!isDue(outcome)) return { token: outcome.token };
   */
  async start(userId: string, how: StartSignIn): Promise<SignInOutcome> {
    const epoch = await this.subjects.epoch(userId);
    const user = epoch === null ? null : await this.ports.users.get().find(userId);
    if (epoch === null || !user) throw AuthError.invalidToken(`there is no user ${userId} who may sign in`);
    const { methods, rememberMe = true, answersWithBody = true } = how;
    return this.flow.start(user, { epoch, methods, rememberMe, answersWithBody, caller: callerOf(how) });
  }

  /**
   * Puts the session, or what the second factor needs, into the reply to the current request: its cookies.
   * @throws Error outside a request, or when its headers have gone; `cookiesOf` gives the lines for such a reply
   */
  keep(outcome: SignInOutcome): void {
    const cookies = AuthContext.requestContext?.cookies;
    if (!cookies?.isOpen)
      throw new Error(
        'SignIn.keep: there is no reply to put cookies into. Put the lines of cookiesOf() there yourself.',
      );
    cookies.add(this.cookiesOf(outcome));
  }

  /**
   * The same as complete `Set-Cookie` lines, for a reply that you write yourself.
   * @param headers of the browser. Default: those of the current request
   */
  cookiesOf(outcome: SignInOutcome, headers?: RequestHeaders): readonly string[] {
    const given = headers ?? AuthContext.requestContext?.headers ?? {};
    return this.replies.carry(outcome, toHeaderBag(given)).cookies;
  }

  /**
   * `keep`, and where the browser goes now: to the callback address, or first to the page of the second factor.
   * @param callbackUrl root-relative, or on a trusted origin; check one that came from outside
   */
  async sendOn(outcome: SignInOutcome, callbackUrl: string): Promise<string> {
    this.keep(outcome);
    return this.flow.sendBack(outcome, callbackUrl);
  }
}

const MAX_USER_AGENT_LENGTH = 512;

function callerOf({ headers: given, address }: StartSignIn): Caller {
  const current = AuthContext.requestContext;
  const headers = toHeaderBag(given ?? current?.headers ?? {});
  const userAgent = header(headers, 'user-agent')?.slice(0, MAX_USER_AGENT_LENGTH) ?? null;
  return { headers, address: address === undefined ? (current?.address() ?? null) : address, userAgent };
}
