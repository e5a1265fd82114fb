import { Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { AuthController } from '../../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/describe-route.js';
import { errorPage } from '../../common/http/error-page.js';
import type { HttpReply } from '../../common/http/reply.js';
import { RendersPage } from '../../common/http/request.guard.js';

const ErrorQuery = z.object({ error: z.string().max(512).optional() });
const CODE = /^[A-Za-z0-9_.'-]{1,64}$/;

/** Where a failed sign-in ends that named no address of its own. Shows the code, which is all it is told, and nothing that is no code. */
@AuthController()
export class ErrorPageController {
  @Get('error')
  @RendersPage()
  @DescribeRoute({ tag: 'Account linking', summary: 'The page of a failed sign-in', hidden: true })
  show(@Query({ schema: ErrorQuery }) { error }: z.infer<typeof ErrorQuery>): HttpReply {
    const code = error !== undefined && CODE.test(error) ? error : 'unknown';
    return errorPage({ status: 400, title: 'Sign-in failed', message: 'Go back and try again.', code });
  }
}
