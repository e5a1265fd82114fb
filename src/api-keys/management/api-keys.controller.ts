import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Auth, CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { AnswersStrangers } from '../../common/http/origins/request.guard.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { ApiKeyView, ApiKeyWithSecret } from '../keys/api-key.view.js';
import { OwnApiKeysService } from './own-api-keys.service.js';
import type { ApiKeyVerification } from '../verification/api-key-verification.service.js';
import { answerPage, toFields, toListing } from './api-key.requests.js';
import {
  ApiKeyIdBody,
  ApiKeyUsageQuery,
  CreateApiKeyBody,
  GetApiKeyQuery,
  ListApiKeysQuery,
  RevokeApiKeyBody,
  RotateApiKeyBody,
  UpdateApiKeyBody,
  VerifyApiKeyBody,
} from './api-key.schemas.js';
import {
  ApiKeyPageAnswer,
  ApiKeyUsageAnswer,
  ApiKeyAnswer,
  ApiKeyWithSecretAnswer,
  SuccessAnswer,
  ApiKeyVerificationAnswer,
} from './api-key.answers.js';

const TAG = 'API keys';
const SIGNED_IN = { 401: 'UNAUTHORIZED' };
/** better-auth has a code of its own for create and update without a session. */
const NO_SESSION = { code: 'UNAUTHORIZED_SESSION', message: 'Unauthorized or invalid session' };
const ONE_KEY = { ...SIGNED_IN, 404: "KEY_NOT_FOUND: unknown, somebody else's or deleted" };

/** The caller's keys, on better-auth's wire. Managed with the caller's session, never with a key. */
@AuthController('api-key')
export class ApiKeysController {
  constructor(private readonly keys: OwnApiKeysService) {}

  @Post('create')
  @HttpCode(200)
  @SessionAuth()
  @AnswersStrangers(NO_SESSION)
  @DescribeRoute({
    tag: TAG,
    id: 'createApiKey',
    example: { name: 'Production', expiresIn: 2_592_000 },
    summary: 'Make a key',
    description:
      "`key` is shown in this answer only. Limits, quota and, without a ceiling, permissions are the server's to set.",
    response: ApiKeyWithSecretAnswer,
    errors: {
      401: NO_SESSION.code,
      400: 'SERVER_ONLY_PROPERTY, EXPIRES_IN_IS_TOO_SMALL, EXPIRES_IN_IS_TOO_LARGE, INVALID_METADATA, METADATA_TOO_LARGE, INVALID_PREFIX',
      403: 'INSUFFICIENT_API_KEY_PERMISSIONS, USER_NOT_MEMBER_OF_ORGANIZATION, SESSION_NOT_FRESH: permissions, long after the sign-in',
    },
  })
  create(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: CreateApiKeyBody }) body: z.infer<typeof CreateApiKeyBody>,
  ): Promise<ApiKeyWithSecret> {
    return this.keys.create(principal, toFields(body));
  }

  @Get('get')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'getApiKey',
    summary: 'One key',
    description: 'Without the key itself, which is never shown again.',
    response: ApiKeyAnswer,
    errors: ONE_KEY,
  })
  get(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: GetApiKeyQuery }) query: z.infer<typeof GetApiKeyQuery>,
  ): Promise<ApiKeyView> {
    return this.keys.get(principal, query.id, query.configId);
  }

  @Get('list')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'listApiKeys',
    summary: 'List keys',
    description:
      'Also revoked and expired ones; `status`, `search` and `expiringWithin` (seconds) narrow it. 100 a page, at most 500.',
    response: ApiKeyPageAnswer,
    errors: { ...SIGNED_IN, 403: 'USER_NOT_MEMBER_OF_ORGANIZATION' },
  })
  async list(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: ListApiKeysQuery }) query: z.infer<typeof ListApiKeysQuery>,
  ) {
    return answerPage(await this.keys.list(principal, toListing(query)), query);
  }

  @Get('usage')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'getApiKeyUsage',
    summary: 'How often a key was used',
    description:
      'Requests on each of the last days, in UTC, oldest first, also days without any. They are written once a minute (`usageInterval`): those around midnight may count on the next day. Kept for `retention`, and deleted with the key.',
    response: ApiKeyUsageAnswer,
    errors: ONE_KEY,
  })
  async usage(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: ApiKeyUsageQuery }) { keyId, days }: z.infer<typeof ApiKeyUsageQuery>,
  ) {
    return { keyId, days: await this.keys.usage(principal, keyId, days) };
  }

  @Post('update')
  @HttpCode(200)
  @SessionAuth()
  @AnswersStrangers(NO_SESSION)
  @DescribeRoute({
    tag: TAG,
    id: 'updateApiKey',
    example: { keyId: '01980c60-22e3-7b51-9d66-1a7c8f3e0b24', name: 'Staging' },
    summary: 'Change a key',
    description: 'What is not named stays. `enabled: false` stops the key until it is enabled again.',
    response: ApiKeyAnswer,
    errors: {
      ...ONE_KEY,
      401: NO_SESSION.code,
      400: 'SERVER_ONLY_PROPERTY, NO_VALUES_TO_UPDATE, KEY_REVOKED',
      403: 'INSUFFICIENT_API_KEY_PERMISSIONS, SESSION_NOT_FRESH: permissions, long after the sign-in',
    },
  })
  update(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: UpdateApiKeyBody }) body: z.infer<typeof UpdateApiKeyBody>,
  ): Promise<ApiKeyView> {
    const { keyId, configId: _configId, ...change } = toFields(body);
    return this.keys.update(principal, keyId, change);
  }

  @Post('delete')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'deleteApiKey',
    example: { keyId: '01980c60-22e3-7b51-9d66-1a7c8f3e0b24' },
    summary: 'End a key and hide it',
    description: 'It is good no longer, and is not listed any more.',
    response: SuccessAnswer,
    errors: ONE_KEY,
  })
  async delete(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: ApiKeyIdBody }) body: z.infer<typeof ApiKeyIdBody>,
  ) {
    await this.keys.delete(principal, body.keyId);
    return { success: true };
  }

  @Post('revoke')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'revokeApiKey',
    example: { keyId: '01980c60-22e3-7b51-9d66-1a7c8f3e0b24', reason: 'leaked' },
    summary: 'End a key for good',
    description: 'It stays in lists, with the reason. Revoking it again is no error.',
    response: SuccessAnswer,
    errors: ONE_KEY,
  })
  async revoke(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: RevokeApiKeyBody }) body: z.infer<typeof RevokeApiKeyBody>,
  ) {
    await this.keys.revoke(principal, body.keyId, body.reason);
    return { success: true };
  }

  @Post('rotate')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'rotateApiKey',
    example: { keyId: '01980c60-22e3-7b51-9d66-1a7c8f3e0b24', overlap: 3_600 },
    summary: 'Replace a key',
    description:
      'The answer is the successor, with its `key`; the old key lives on for `overlap` seconds. Both spend the same limits meanwhile.',
    response: ApiKeyWithSecretAnswer,
    errors: { ...ONE_KEY, 400: 'KEY_REVOKED, KEY_EXPIRED, OVERLAP_TOO_LONG', 409: 'KEY_ALREADY_ROTATED' },
  })
  rotate(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: RotateApiKeyBody }) body: z.infer<typeof RotateApiKeyBody>,
  ): Promise<ApiKeyWithSecret> {
    return this.keys.rotate(principal, body.keyId, body.overlap);
  }

  @Post('verify')
  @HttpCode(200)
  @Auth('bearer', 'apiKey', 'session')
  @DescribeRoute({
    tag: TAG,
    id: 'verifyApiKey',
    example: { key: 'sk_…' },
    summary: 'Whether a key is good',
    description:
      'For services, with a token or a key of their own; they may ask about any key. Users may ask about their own keys; others are answered as unknown. An OAuth client that acts for a user needs the scope `api-key:verify`. Counts as one request of the key. `error.code` tells unknown, disabled, expired, revoked and limited apart.',
    response: ApiKeyVerificationAnswer,
    errors: { ...SIGNED_IN, 403: 'INSUFFICIENT_SCOPE' },
  })
  verify(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: VerifyApiKeyBody }) body: z.infer<typeof VerifyApiKeyBody>,
  ): Promise<ApiKeyVerification> {
    const { ipAddress, ...question } = body;
    return this.keys.verify(principal, { ...question, address: ipAddress ?? null });
  }
}
