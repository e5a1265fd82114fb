import { Body, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { AdministrationGuard } from '../common/guards/administration.js';
import { AuthController } from '../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../common/http/routes/describe-route.js';
import { SigningKeys, type SigningKeyInfo } from '../common/keys/signing-keys.js';
import { RotateKeysBody, SigningKeyList } from './jwt.schemas.js';

/** Signing keys, for administrators. */
@AuthController('admin/keys')
@UseGuards(AdministrationGuard)
export class SigningKeysController {
  constructor(private readonly keys: SigningKeys) {}

  @Get()
  @DescribeRoute({
    tag: 'Administration: signing keys',
    id: 'adminListSigningKeys',
    summary: 'List the signing keys',
    description: 'Also those that sign no more, for as long as they are published.',
    response: SigningKeyList,
  })
  async list(): Promise<{ keys: SigningKeyInfo[] }> {
    return { keys: await this.keys.list() };
  }

  @Post('rotate')
  @HttpCode(200)
  @DescribeRoute({
    tag: 'Administration: signing keys',
    id: 'adminRotateSigningKeys',
    example: {},
    summary: 'Replace the signing keys',
    description:
      'The new key is published now and signs once no verifier can hold a key set without it. A rotation under way is adopted.',
    response: SigningKeyList,
  })
  async rotate(
    @Body({ schema: RotateKeysBody }) { algorithm }: z.infer<typeof RotateKeysBody>,
  ): Promise<{ keys: SigningKeyInfo[] }> {
    return { keys: await this.keys.rotate(algorithm) };
  }
}
