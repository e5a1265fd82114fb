import { Body, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { Auth, CurrentPrincipal, OptionalAuth } from '../../common/guards/decorators.js';
import { isInPerson } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { GetAlone } from '../../common/http/origins/request.guard.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { isDue } from '../../common/ports/second-factor.js';
import { SignInContinuations, type WaitingRequest } from '../../common/ports/sign-in-continuations.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import {
  ASSERTION_EXAMPLE,
  PasskeySignInAnswer,
  RequestOptionsAnswer,
  VerifyAuthenticationBody,
} from '../passkeys.schemas.js';
import { Authentications } from './authentications.js';
import { PasskeySignIns, type PasskeySignedIn } from './passkey-sign-ins.js';

const TAG = 'Passkeys';

/** Sign-in by passkey, and once more while signed in, on better-auth's wire. */
@AuthController()
export class AuthenticationController {
  constructor(
    private readonly authentications: Authentications,
    private readonly signIns: PasskeySignIns,
    private readonly continuations: SignInContinuations,
    private readonly ports: HostPorts,
  ) {}

  @Get('passkey/generate-authenticate-options')
  @GetAlone()
  @Auth('session', 'bearer')
  @OptionalAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'beginPasskeySignIn',
    summary: 'Begin a sign-in by passkey',
    description:
      'The options for `navigator.credentials.get`, as JSON. With a session, or a sign-in that waits for its second factor: for the passkeys of its user.',
    response: RequestOptionsAnswer,
    headers: ['Set-Cookie'],
    errors: { 401: 'UNAUTHORIZED', 429: 'TOO_MANY_REQUESTS' },
  })
  async begin(@CurrentPrincipal() principal: AuthPrincipal | null, @Req() request: GuardedRequest): Promise<HttpReply> {
    const caller = callerOf(request);
    const waiting = await this.signIns.waitingIn(caller);
    const signedIn = isInPerson(principal) ? principal!.subjectId : null;
    const { options, cookie } = await this.authentications.begin(waiting?.subjectId ?? signedIn, caller);
    return new HttpReply(options).cookie(cookie).header('Cache-Control', 'no-store');
  }

  @Post('passkey/verify-authentication')
  @HttpCode(200)
  @Auth('session', 'bearer')
  @OptionalAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'verifyPasskeySignIn',
    summary: 'Sign in by passkey',
    description:
      'With what `navigator.credentials.get` gave, as JSON. In a session that asked for the options it is a step-up (RFC 9470): the session goes on, and is as strong and fresh as the passkey.',
    example: { response: ASSERTION_EXAMPLE },
    response: PasskeySignInAnswer,
    headers: ['Set-Cookie', 'set-auth-token'],
    errors: {
      400: 'CHALLENGE_NOT_FOUND, AUTHENTICATION_FAILED',
      401: 'PASSKEY_NOT_FOUND, UNAUTHORIZED',
      403: 'EMAIL_NOT_VERIFIED',
    },
  })
  async verify(
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @Body({ schema: VerifyAuthenticationBody }) body: z.infer<typeof VerifyAuthenticationBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const caller = callerOf(request);
    const waiting = await this.continuations.find(body.oauth_query);
    const result = await this.signIns.signIn({
      answer: body.response,
      principal: isInPerson(principal) ? principal : null,
      answersWithBody: waiting === null,
      caller,
    });
    if (result.kind === 'step-up')
      return new HttpReply(waiting ? { redirect: true, url: waiting.url } : result.current);
    const { cookies, exposed } = this.ports.sessionTransport.get().carry(result.outcome, caller.headers);
    const reply = new HttpReply(await answerTo(result, waiting)).cookie(...cookies, ...result.cookies);
    for (const [name, value] of Object.entries(exposed)) reply.expose(name, value);
    return reply;
  }
}

/** `session.id` is the token, as in all answers that start a session: older better-auth applications look for it there. */
async function answerTo({ outcome, user }: PasskeySignedIn, waiting: WaitingRequest | null): Promise<object> {
  if (isDue(outcome)) return outcome.body;
  const { session, token, additions } = outcome;
  if (!waiting) return { token, session: { ...session, id: token, token }, user, ...additions };
  return { redirect: true, url: await waiting.resume(outcome.signIn) };
}
