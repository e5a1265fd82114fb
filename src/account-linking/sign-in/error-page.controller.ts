import { Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { AuthController } from '../../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/describe-route.js';
import { errorPage } from '../../common/http/error-page.js';
import type { HttpReply } from '../../common/http/reply.js';
import { RendersPage } from '../../common/http/request.guard.js';

const ErrorQuery = z.object({ error: z.string().max(512).optional() });
const CODE = /^[A-Za-z0-9_.'-]{1,64}$/;
/** What helps where trying again does not. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'account_not_linked',
    'There is an account with your e-mail address already. Sign in to it as before, and link this one there.',
  ],
  ['account_already_linked_to_different_user', 'This sign-in belongs to another account here.'],
  ['signup_disabled', 'This way of signing in makes no new accounts. Sign in with an account that you have.'],
]);

/** Where a failed sign-in ends that named no address of its own. Shows the code, which is all it is told, and nothing that is no code. */
@AuthController()
export class ErrorPageController {
  @Get('error')
  @RendersPage()
  @DescribeRoute({ tag: 'Account linking', summary: 'The page of a failed sign-in', hidden: true })
  show(@Query({ schema: ErrorQuery }) { error }: z.infer<typeof ErrorQuery>): HttpReply {
    const code = error !== undefined && CODE.test(error) ? error : 'unknown';
    const message = ADVICE.get(code) ?? 'Go back and try again.';
    return errorPage({ status: 400, title: 'Sign-in failed', message, code });
  }
}
