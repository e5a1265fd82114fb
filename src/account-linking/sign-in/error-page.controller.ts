import { Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { TextKey } from '../../common/texts/languages/en/index.js';
import { text } from '../../common/texts/text.js';
import { errorPage } from '../../common/http/pages/error-page.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { RendersPage } from '../../common/http/origins/request.guard.js';
import { ErrorAddresses } from './error-addresses.js';

const Words = z.string().max(2_048).optional();
const ErrorQuery = z.object({ error: z.string().max(512).optional(), error_description: Words, proof: Words });
const CODE = /^[A-Za-z0-9_.'-]{1,64}$/;
/** Errors where trying again does not help. */
const ADVICE: ReadonlyMap<string, TextKey> = new Map([
  ['account_not_linked', 'provider.notLinked'],
  ['account_already_linked_to_different_user', 'provider.linkedElsewhere'],
  ['account_limit_reached', 'provider.limit'],
  ['signup_disabled', 'provider.noSignUp'],
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
    const isTheirs = words !== null && this.errors.isProven({ code, description: words }, proof);
    return errorPage({
      status: 400,
      title: text('provider.failed'),
      message: text(ADVICE.get(code) ?? 'error.clientDo'),
      ...(isTheirs && { advice: text('provider.says', { words }) }),
      details: { code },
    });
  }
}
