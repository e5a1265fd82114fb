import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HttpReply } from '../../common/http/request/reply.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { OAuthQueries } from '../authorize/oauth-queries.js';
import { OwnClientsService } from './own-clients.service.js';
import {
  ClientCardAnswer,
  ClientInformationAnswer,
  ClientListAnswer,
  PublicClientAnswer,
} from '../clients/client.answers.js';
import {
  ClientIdBody,
  ClientIdQuery,
  CLIENT_EXAMPLE,
  ClientMetadataBody,
  ClientOfQueryBody,
  RotateClientSecretBody,
  UpdateClientBody,
} from '../clients/client.schemas.js';

const TAG = 'OAuth clients';
const FAULTS = { 400: 'INVALID_REDIRECT_URI, INVALID_CLIENT_METADATA' };
const ONE_CLIENT = { 401: "UNAUTHORIZED: no session, or somebody else's client", 404: 'NOT_FOUND' };

/** Clients of the caller, on better-auth's wire. */
@AuthController('oauth2')
export class OwnClientsController {
  constructor(
    private readonly clients: OwnClientsService,
    private readonly queries: OAuthQueries,
  ) {}

  @Post('create-client')
  @HttpCode(201)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'createClient',
    example: CLIENT_EXAMPLE,
    summary: 'Make a client',
    description: 'Under the policy and the limits of registration. `client_secret` is shown in this answer only.',
    response: ClientInformationAnswer,
    status: 201,
    errors: { ...FAULTS, 403: 'REGISTRATION_OFF, CLIENT_LIMIT_REACHED' },
  })
  create(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Body({ schema: ClientMetadataBody }) body: z.infer<typeof ClientMetadataBody>,
  ) {
    return this.clients.create(subjectId, body);
  }

  @Get('get-clients')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'listClients',
    summary: "The caller's clients",
    description: 'Those that the caller has made, the newest first.',
    response: ClientListAnswer,
  })
  list(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return this.clients.list(subjectId);
  }

  @Get('get-client')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'getClient',
    summary: "One of the caller's clients",
    description: 'Without its secret, which is never shown again.',
    response: ClientInformationAnswer,
    errors: ONE_CLIENT,
  })
  get(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Query({ schema: ClientIdQuery }) query: z.infer<typeof ClientIdQuery>,
  ) {
    return this.clients.get(subjectId, query.client_id);
  }

  @Post('update-client')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'updateClient',
    example: { client_id: 'demo-app', update: { client_name: 'My other app' } },
    summary: 'Change a client',
    description: 'What is left out of `update` stays; null takes it away.',
    response: ClientInformationAnswer,
    errors: { ...FAULTS, ...ONE_CLIENT, 409: 'CLIENT_CHANGED' },
  })
  update(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Body({ schema: UpdateClientBody }) body: z.infer<typeof UpdateClientBody>,
  ) {
    return this.clients.update(subjectId, body.client_id, body.update);
  }

  @Post('client/rotate-secret')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'rotateClientSecret',
    example: { client_id: 'demo-app', overlapSeconds: 3_600 },
    summary: "Replace a client's secret",
    description: 'The old one ends at once, or stays good for `overlapSeconds`.',
    response: ClientInformationAnswer,
    errors: { ...ONE_CLIENT, 400: 'CLIENT_HAS_NO_SECRET, INVALID_OVERLAP' },
  })
  rotateSecret(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Body({ schema: RotateClientSecretBody }) body: z.infer<typeof RotateClientSecretBody>,
  ) {
    return this.clients.rotateSecret(subjectId, body.client_id, body.overlapSeconds);
  }

  @Post('delete-client')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'deleteClient',
    example: { client_id: 'the id of one of your clients' },
    response: z.null(),
    summary: 'Delete a client, its tokens and its consents',
    description: 'For good. Users who had allowed it are signed out of it.',
    errors: ONE_CLIENT,
  })
  async delete(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Body({ schema: ClientIdBody }) body: z.infer<typeof ClientIdBody>,
  ): Promise<HttpReply> {
    await this.clients.delete(subjectId, body.client_id);
    return new HttpReply(null);
  }

  @Get('public-client')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'getPublicClient',
    summary: 'What a consent page shows of a client',
    description: 'For a consent page of your own: name, pictures and addresses.',
    response: PublicClientAnswer,
    errors: { 404: 'NOT_FOUND' },
  })
  publicClient(@Query({ schema: ClientIdQuery }) query: z.infer<typeof ClientIdQuery>) {
    return this.clients.publicView(query.client_id);
  }

  @Post('public-client-prelogin')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'getPublicClientBeforeSignIn',
    example: { client_id: 'demo-app', oauth_query: 'the query of the page' },
    summary: "What the host's own sign-in page shows of a client",
    description: 'Needs no session: the signed query proves that the client has sent the user.',
    response: PublicClientAnswer,
    errors: { 400: 'INVALID_SIGNATURE, UNKNOWN_REQUEST, REQUEST_ANSWERED, REQUEST_EXPIRED', 404: 'NOT_FOUND' },
  })
  async publicClientBeforeSignIn(@Body({ schema: ClientOfQueryBody }) body: z.infer<typeof ClientOfQueryBody>) {
    await this.queries.requireClient(body.oauth_query, body.client_id);
    return this.clients.publicView(body.client_id);
  }

  @Get('client/:id')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'getClientCard',
    parameters: { id: 'The `client_id`.' },
    summary: 'Id, name and icon of a client',
    description: 'Of any client, for lists of your own.',
    response: ClientCardAnswer,
    errors: { 404: 'NOT_FOUND' },
  })
  card(@Param('id') id: string) {
    return this.clients.card(id);
  }
}
