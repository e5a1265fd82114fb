import { Body, HttpCode, Post } from '@nestjs/common';
import type { z } from 'zod';
import { ApiKeyAuth, CurrentPrincipal } from '../../common/guards/decorators.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { ApiKeyWithSecret } from '../keys/api-key.view.js';
import { ApiKeyWithSecretAnswer } from './api-key.answers.js';
import { DelegateApiKeyBody } from './delegation.schema.js';
import { OwnApiKeysService } from './own-api-keys.service.js';

/** Keys that are made from a key, by whoever has it. */
@AuthController('api-key')
export class DelegatedKeysController {
  constructor(private readonly keys: OwnApiKeysService) {}

  @Post('delegate')
  @HttpCode(200)
  @ApiKeyAuth()
  @DescribeRoute({
    tag: 'API keys',
    id: 'delegateApiKey',
    example: { agent: { id: 'travel', name: 'Travel assistant' }, permissions: { trips: ['read'] }, expiresIn: 300 },
    summary: 'Make a key for an agent, from the presented key',
    description:
      'It may do what is asked for, within the presented key, and lives for minutes. It spends the limits of the presented key, and ends with it, at once, in whichever way. `key` is shown in this answer only. Counts as one request.',
    response: ApiKeyWithSecretAnswer,
    errors: {
      400: 'NOTHING_DELEGATED, INVALID_AGENT, INVALID_NAME, EXPIRES_IN_IS_TOO_LARGE',
      401: 'INVALID_API_KEY',
      403: 'DELEGATION_OFF, INSUFFICIENT_API_KEY_PERMISSIONS, DELEGATION_TOO_DEEP, DELEGATION_LIMIT_REACHED',
      429: 'RATE_LIMITED, USAGE_EXCEEDED',
    },
  })
  delegate(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: DelegateApiKeyBody }) body: z.infer<typeof DelegateApiKeyBody>,
  ): Promise<ApiKeyWithSecret> {
    return this.keys.delegate(principal, body);
  }
}
