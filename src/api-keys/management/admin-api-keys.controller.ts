import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AdministrationGuard } from '../../common/guards/administration.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { ApiKeysService } from './api-keys.service.js';
import type { ApiKeyView, ApiKeyWithSecret } from '../keys/api-key.view.js';
import { answerPage, ownerIn, toFields, toListing } from './api-key.requests.js';
import {
  AdminCreateApiKeyBody,
  AdminListApiKeysQuery,
  AdminRevokeApiKeyBody,
  AdminUpdateApiKeyBody,
  RotateApiKeyBody,
} from './api-key.schemas.js';
import { ApiKeyPageAnswer, ApiKeyAnswer, ApiKeyWithSecretAnswer, SuccessAnswer } from './api-key.answers.js';

const TAG = 'Administration: API keys';
const ONE_KEY = { 404: 'KEY_NOT_FOUND' };
const AdminRotateBody = RotateApiKeyBody.pick({ overlap: true }).meta({ id: 'AuthAdminRotateApiKeyBody' });

/** Keys of any owner, with the fields that only the server may set. Guarded by the host's `administration.guard`; off without it. */
@AuthController('admin/api-keys')
@UseGuards(AdministrationGuard)
export class AdminApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'adminCreateApiKey',
    example: { serviceId: 'reporting', name: 'Production' },
    summary: 'Make a key for any owner',
    description:
      'Exactly one of `userId`, `organizationId` and `serviceId` names the owner. `key` is shown in this answer only.',
    response: ApiKeyWithSecretAnswer,
    errors: {
      400: 'OWNER_REQUIRED, OWNER_NOT_FOUND, INCOMPLETE_RATE_LIMIT, REFILL_AMOUNT_AND_INTERVAL_REQUIRED',
    },
  })
  create(
    @Body({ schema: AdminCreateApiKeyBody }) body: z.infer<typeof AdminCreateApiKeyBody>,
  ): Promise<ApiKeyWithSecret> {
    const owner = ownerIn(body);
    if (!owner) throw AuthError.badRequest('OWNER_REQUIRED', 'Give one of userId, organizationId and serviceId');
    const { userId: _user, organizationId: _organization, serviceId: _service, ...fields } = toFields(body);
    return this.keys.create({ ...fields, owner });
  }

  @Get()
  @DescribeRoute({
    tag: TAG,
    id: 'adminListApiKeys',
    summary: 'List keys of all owners, or of one',
    description: '`status`, `search`, `configId` and `expiringWithin` (seconds) narrow it. 100 a page, at most 500.',
    response: ApiKeyPageAnswer,
  })
  async list(@Query({ schema: AdminListApiKeysQuery }) query: z.infer<typeof AdminListApiKeysQuery>) {
    const owner = ownerIn(query);
    return answerPage(await this.keys.list({ ...toListing(query), ...(owner && { owner }) }), query);
  }

  @Get(':keyId')
  @DescribeRoute({
    tag: TAG,
    id: 'adminGetApiKey',
    summary: 'One key',
    description: 'Without the key itself, which is never shown again.',
    response: ApiKeyAnswer,
    errors: ONE_KEY,
  })
  get(@Param('keyId') keyId: string): Promise<ApiKeyView> {
    return this.keys.get(keyId);
  }

  @Patch(':keyId')
  @DescribeRoute({
    tag: TAG,
    id: 'adminUpdateApiKey',
    example: { name: 'Staging' },
    summary: 'Change a key, its limits and its quota',
    description: 'What is not named stays. `enabled: false` stops the key until it is enabled again.',
    response: ApiKeyAnswer,
    errors: { ...ONE_KEY, 400: 'NO_VALUES_TO_UPDATE, KEY_REVOKED, INCOMPLETE_RATE_LIMIT' },
  })
  update(
    @Param('keyId') keyId: string,
    @Body({ schema: AdminUpdateApiKeyBody }) body: z.infer<typeof AdminUpdateApiKeyBody>,
  ): Promise<ApiKeyView> {
    return this.keys.update(keyId, toFields(body));
  }

  @Post(':keyId/revoke')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'adminRevokeApiKey',
    example: { reason: 'leaked' },
    summary: 'End a key for good',
    description: 'It stays in lists, with the reason. Revoking it again is no error.',
    response: SuccessAnswer,
    errors: ONE_KEY,
  })
  async revoke(
    @Param('keyId') keyId: string,
    @Body({ schema: AdminRevokeApiKeyBody }) body: z.infer<typeof AdminRevokeApiKeyBody>,
  ) {
    await this.keys.revoke(keyId, body.reason ?? 'revoked by administration');
    return { success: true };
  }

  @Post(':keyId/rotate')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'adminRotateApiKey',
    example: { overlap: 3_600 },
    summary: 'Replace a key',
    description:
      'The answer is the successor, with its `key`; the old key lives on for `overlap` seconds. Both spend the same limits meanwhile.',
    response: ApiKeyWithSecretAnswer,
    errors: { ...ONE_KEY, 409: 'KEY_ALREADY_ROTATED' },
  })
  rotate(
    @Param('keyId') keyId: string,
    @Body({ schema: AdminRotateBody }) body: z.infer<typeof AdminRotateBody>,
  ): Promise<ApiKeyWithSecret> {
    return this.keys.rotate(keyId, body.overlap === undefined ? {} : { overlap: body.overlap });
  }

  @Delete(':keyId')
  @DescribeRoute({
    tag: TAG,
    id: 'adminDeleteApiKey',
    summary: 'End a key and hide it',
    description: 'It is good no longer, and is not listed any more.',
    response: SuccessAnswer,
    errors: ONE_KEY,
  })
  async delete(@Param('keyId') keyId: string) {
    await this.keys.delete(keyId);
    return { success: true };
  }
}
