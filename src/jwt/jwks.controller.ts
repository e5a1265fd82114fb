import { Get, Headers } from '@nestjs/common';
import { AuthController } from '../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../common/http/routes/describe-route.js';
import { OnlyMethods } from '../common/http/routes/only-methods.decorator.js';
import type { HttpReply } from '../common/http/request/reply.js';
import { JwksDocument } from './jwks.document.js';
import { KeySetAnswer } from './jwt.schemas.js';

/** Paths of the key set, relative to the route prefix. */
export const JWKS_PATHS = ['jwks', '.well-known/jwks.json', 'oauth2/jwks', 'oauth/jwks'];

/** The public key set (RFC 7517 5), under all its names. */
@AuthController()
export class JwksController {
  constructor(private readonly document: JwksDocument) {}

  @Get(JWKS_PATHS)
  @OnlyMethods('GET, HEAD', JWKS_PATHS)
  @DescribeRoute({
    tag: 'JWT',
    id: 'getKeySet',
    summary: 'The public keys that verify our tokens',
    description:
      'Keep a copy for as long as `Cache-Control` says: keys are published that much earlier than they sign.',
    response: KeySetAnswer,
    headers: ['Cache-Control', 'ETag'],
    answers: { 304: { text: 'The copy of the caller, named by `If-None-Match`, is still good' } },
  })
  keySet(@Headers('if-none-match') ifNoneMatch: string | undefined): Promise<HttpReply> {
    return this.document.answer(ifNoneMatch);
  }
}
