import { Get, HttpCode, Query } from '@nestjs/common';
import { z } from 'zod';
import { AuthController } from '../../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/describe-route.js';
import { HttpReply } from '../../common/http/reply.js';

const ErrorQuery = z.object({ error: z.string().max(512).optional() });
const CODE = /^[A-Za-z0-9_.'-]{1,64}$/;
const POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Where a failed sign-in ends that named no address of its own. Shows the code, which is all it is told, and nothing that is no code. */
@AuthController()
export class ErrorPageController {
  @Get('error')
  @HttpCode(400)
  @DescribeRoute({ tag: 'Account linking', summary: 'The page of a failed sign-in', hidden: true })
  show(@Query({ schema: ErrorQuery }) { error }: z.infer<typeof ErrorQuery>): HttpReply {
    const code = error !== undefined && CODE.test(error) ? error.replaceAll("'", '&#39;') : 'unknown';
    return new HttpReply(pageOf(code))
      .header('Content-Type', 'text/html; charset=utf-8')
      .header('Content-Security-Policy', POLICY)
      .header('X-Content-Type-Options', 'nosniff');
  }
}

function pageOf(code: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign-in failed</title></head>
<body><h1>Sign-in failed</h1><p>Go back and try again. The reason: <code id="error">${code}</code></p></body>
</html>
`;
}
