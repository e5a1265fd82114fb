import { Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { errorPage } from '../../common/http/pages/error-page.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { RendersPage } from '../../common/http/origins/request.guard.js';
import { ErrorAddresses } from './error-addresses.js';

const text = z.string().max(2_048).optional();
const ErrorQuery = z.object({ error: z.string().max(512).optional(), error_description: text, proof: text });
const CODE = /^[A-Za-z0-9_.'-]{1,64}$/;
/** Advice for errors where trying again does not help. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'account_not_linked',
    'There is an account with your e-mail address already. Sign in to it as before, and link this one there.',
  ],
  ['account_already_linked_to_different_user', 'This sign-in belongs to another account here.'],
  ['account_limit_reached', 'Your account has as many sign-ins linked as it may have. Unlink one of them first.'],
  ['signup_disabled', 'This way of signing in makes no new accounts. Sign in with an account that you have.'],
]);

/**
 * Where a failed sign-in without an error address ends. Shows the code only if it has the form of one, and the provider's words only if we sent
 * the browser here with them.
 */
@AuthController()
export class ErrorPageController {
  constructor(private readonly errors: ErrorAddresses) {}

  @Get('error')
  @RendersPage()
  @DescribeRoute({ tag: 'Account linking', summary: 'The page of a failed sign-in', hidden: true })
  show(@Query({ schema: ErrorQuery }) query: z.infer<typeof ErrorQuery>): HttpReply {
    const { error, error_description: words = null, proof } = query;
    const code = error !== undefined && CODE.test(error) ? error : 'unknown';
    const advice = ADVICE.get(code) ?? 'Go back and try again.';
    const isTheirs = words !== null && this.errors.isProven({ code, description: words }, proof);
    const message = isTheirs ? `${advice} The other site says: “${words}”` : advice;
    return errorPage({ status: 400, title: 'Sign-in failed', message, code });
  }
}
