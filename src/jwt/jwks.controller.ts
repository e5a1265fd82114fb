import { Delete, Get, Headers, Patch, Post, Put } from '@nestjs/common';
import { AuthError } from '../common/errors/auth-error.js';
import { AuthController } from '../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../common/http/routes/describe-route.js';
import type { HttpReply } from '../common/http/request/reply.js';
import { CrossSite } from '../common/http/origins/request.guard.js';
import { JwksDocument } from './jwks.document.js';
import { KeySetAnswer } from './jwt.schemas.js';

/** Paths of the key set, relative to the route prefix. */
export const JWKS_PATHS = ['jwks', '.well-known/jwks.json', 'oauth2/jwks', 'oauth/jwks'];
const HIDDEN = { tag: 'JWT', summary: '405', hidden: true };

/** The public key set (RFC 7517 5), under all its names. */
@AuthController()
export class JwksController {
  constructor(private readonly document: JwksDocument) {}

  @Get(JWKS_PATHS)
  @DescribeRoute({
    tag: 'JWT',
    summary: 'The public keys that verify our tokens',
    description:
      'Keep a copy for as long as `Cache-Control` says: keys are published that much earlier than they sign.',
    response: KeySetAnswer,
    errors: { 405: 'METHOD_NOT_ALLOWED' },
  })
  keySet(@Headers('if-none-match') ifNoneMatch: string | undefined): Promise<HttpReply> {
    return this.document.answer(ifNoneMatch);
  }

  @Post(JWKS_PATHS)
  @CrossSite()
  @DescribeRoute(HIDDEN)
  post(): never {
    throw AuthError.methodNotAllowed('GET, HEAD');
  }

  @Put(JWKS_PATHS)
  @CrossSite()
  @DescribeRoute(HIDDEN)
  put(): never {
    throw AuthError.methodNotAllowed('GET, HEAD');
  }

  @Patch(JWKS_PATHS)
  @CrossSite()
  @DescribeRoute(HIDDEN)
  patch(): never {
    throw AuthError.methodNotAllowed('GET, HEAD');
  }

  @Delete(JWKS_PATHS)
  @CrossSite()
  @DescribeRoute(HIDDEN)
  delete(): never {
    throw AuthError.methodNotAllowed('GET, HEAD');
  }
}
