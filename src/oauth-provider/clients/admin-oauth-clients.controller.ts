import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { AdministrationGuard } from '../../common/guards/administration.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { OAuthClientView } from './client.information.js';
import { OAuthClientsService } from './oauth-clients.service.js';
import { ClientDoneAnswer, ClientPageAnswer, ClientViewAnswer } from './client.answers.js';
import { toClientChange, toClientInput } from './client.requests.js';
import {
  AdminCreateClientBody,
  CLIENT_EXAMPLE,
  AdminListClientsQuery,
  AdminRotateClientBody,
  AdminUpdateClientBody,
} from './client.schemas.js';
import { ClientIdPipe } from './client-id.pipe.js';

const TAG = 'Administration: OAuth clients';
const ONE_CLIENT = { 404: 'NOT_FOUND: no such client, or administration is off' };
const FAULTS = 'INVALID_REDIRECT_URI, INVALID_CLIENT_METADATA';

/** All clients, with what only the server may set. The host's `administration.guard` decides who may call; off without it. */
@AuthController('admin/oauth-clients')
@UseGuards(AdministrationGuard)
export class AdminOAuthClientsController {
  constructor(private readonly clients: OAuthClientsService) {}

  @Post()
  @HttpCode(201)
  @DescribeRoute({
    tag: TAG,
    id: 'adminCreateClient',
    example: CLIENT_EXAMPLE,
    summary: 'Make a client',
    description: '`client_secret` is shown in this answer only. `policy` holds what the client cannot say of itself.',
    response: ClientViewAnswer,
    status: 201,
    errors: { 400: FAULTS },
  })
  create(
    @Body({ schema: AdminCreateClientBody }) body: z.infer<typeof AdminCreateClientBody>,
  ): Promise<OAuthClientView> {
    return this.clients.register(toClientInput(body));
  }

  @Get()
  @DescribeRoute({
    tag: TAG,
    id: 'adminListClients',
    summary: 'List registered clients',
    description: 'The newest first, 100 a page, at most 500. Clients of the options are not in it.',
    response: ClientPageAnswer,
  })
  list(@Query({ schema: AdminListClientsQuery }) query: z.infer<typeof AdminListClientsQuery>) {
    return this.clients.list(query);
  }

  @Get(':clientId')
  @DescribeRoute({
    tag: TAG,
    id: 'adminGetClient',
    summary: 'One client',
    description: 'Also one of the options. Without its secret.',
    response: ClientViewAnswer,
    errors: ONE_CLIENT,
  })
  get(@Param('clientId', new ClientIdPipe()) clientId: string): Promise<OAuthClientView> {
    return this.clients.get(clientId);
  }

  @Patch(':clientId')
  @DescribeRoute({
    tag: TAG,
    id: 'adminUpdateClient',
    example: { client_name: 'My other app' },
    summary: 'Change a client and its policy',
    description: 'What is left out stays; null takes it away.',
    response: ClientViewAnswer,
    errors: { ...ONE_CLIENT, 400: `${FAULTS}, CLIENT_OF_OPTIONS`, 409: 'CLIENT_CHANGED' },
  })
  update(
    @Param('clientId', new ClientIdPipe()) clientId: string,
    @Body({ schema: AdminUpdateClientBody }) body: z.infer<typeof AdminUpdateClientBody>,
  ): Promise<OAuthClientView> {
    return this.clients.update(clientId, toClientChange(body));
  }

  @Post(':clientId/rotate-secret')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'adminRotateClientSecret',
    example: { overlapSeconds: 3_600 },
    summary: "Replace a client's secret",
    description:
      'The new one is shown in this answer only; the old one ends at once, or stays good for `overlapSeconds`.',
    response: ClientViewAnswer,
    errors: { ...ONE_CLIENT, 400: 'CLIENT_HAS_NO_SECRET, CLIENT_OF_OPTIONS, INVALID_OVERLAP' },
  })
  rotateSecret(
    @Param('clientId', new ClientIdPipe()) clientId: string,
    @Body({ schema: AdminRotateClientBody }) body: z.infer<typeof AdminRotateClientBody>,
  ): Promise<OAuthClientView> {
    return this.clients.rotateSecret(clientId, body);
  }

  @Post(':clientId/disable')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'adminDisableClient',
    summary: 'Stop a client',
    description: 'Its tokens and codes end at once, for good.',
    response: ClientViewAnswer,
    errors: ONE_CLIENT,
  })
  disable(@Param('clientId', new ClientIdPipe()) clientId: string): Promise<OAuthClientView> {
    return this.clients.disable(clientId);
  }

  @Post(':clientId/enable')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'adminEnableClient',
    summary: 'Let a client work again',
    description: 'What had ended with the stop stays ended.',
    response: ClientViewAnswer,
    errors: ONE_CLIENT,
  })
  enable(@Param('clientId', new ClientIdPipe()) clientId: string): Promise<OAuthClientView> {
    return this.clients.enable(clientId);
  }

  @Delete(':clientId')
  @DescribeRoute({
    tag: TAG,
    id: 'adminDeleteClient',
    summary: 'Delete a client, its tokens and its consents',
    description: 'For good. A client of the options is taken out there.',
    response: ClientDoneAnswer,
    errors: { ...ONE_CLIENT, 400: 'CLIENT_OF_OPTIONS' },
  })
  async delete(@Param('clientId', new ClientIdPipe()) clientId: string) {
    await this.clients.delete(clientId);
    return { success: true };
  }
}
