import { Body, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { AdministrationGuard } from '../../common/guards/administration.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { InitialAccessTokens } from './initial-access-tokens.js';
import {
  ClientDoneAnswer,
  InitialAccessTokenPageAnswer,
  NewInitialAccessTokenAnswer,
} from '../clients/client.answers.js';
import { CreateInitialAccessTokenBody, PageQuery } from '../clients/client.schemas.js';

const TAG = 'Administration: OAuth clients';
const DEFAULT_LIMIT = 100;

/** Tokens that let their holders register clients (RFC 7591 3). */
@AuthController('admin/initial-access-tokens')
@UseGuards(AdministrationGuard)
export class AdminInitialAccessTokensController {
  constructor(private readonly tokens: InitialAccessTokens) {}

  @Post()
  @HttpCode(201)
  @DescribeRoute({
    tag: TAG,
    id: 'adminCreateInitialAccessToken',
    example: { name: 'Partner portal', uses: 10 },
    summary: 'Make an initial access token',
    description: 'Good where registration is not off.',
    response: NewInitialAccessTokenAnswer,
    status: 201,
  })
  create(@Body({ schema: CreateInitialAccessTokenBody }) body: z.infer<typeof CreateInitialAccessTokenBody>) {
    const { expiresIn, ...input } = body;
    return this.tokens.create({ ...input, lifetimeSeconds: expiresIn });
  }

  @Get()
  @DescribeRoute({
    tag: TAG,
    id: 'adminListInitialAccessTokens',
    summary: 'List initial access tokens',
    description: 'The newest first, 100 a page, at most 500. Never with the token itself.',
    response: InitialAccessTokenPageAnswer,
  })
  list(@Query({ schema: PageQuery }) { limit = DEFAULT_LIMIT, offset = 0 }: z.infer<typeof PageQuery>) {
    return this.tokens.list(limit, offset);
  }

  @Delete(':id')
  @DescribeRoute({
    tag: TAG,
    id: 'adminRevokeInitialAccessToken',
    parameters: { id: 'The id of the token, not the token itself.' },
    summary: 'End an initial access token',
    description: 'Clients that it has registered stay.',
    response: ClientDoneAnswer,
    errors: { 404: 'NOT_FOUND: no such token, or administration is off' },
  })
  async revoke(@Param('id') id: string) {
    await this.tokens.revoke(id);
    return { success: true };
  }
}
