import { Body, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import {
  ApplicationsAnswer,
  ConsentIdBody,
  ConsentIdQuery,
  ConsentViewAnswer,
  ConsentViewsAnswer,
  toAgentView,
  toConsentView,
  UpdateConsentBody,
  WithdrawnAnswer,
} from './consent.schemas.js';
import { ConsentsService } from './consents.service.js';
import { ClientIdPipe } from '../clients/client-id.pipe.js';

const TAG = 'Connected applications';
/** An id, for the examples. */
const CONSENT = '01980c61-33f4-7c62-8e77-2b8d904f1c35';
const UNAUTHORIZED = { 401: 'UNAUTHORIZED' };
const NOT_FOUND = { ...UNAUTHORIZED, 404: 'NOT_FOUND' };

/** What the user has granted to clients, also on better-auth's wire. */
@AuthController()
@SessionAuth()
export class ConnectedApplicationsController {
  constructor(private readonly consents: ConsentsService) {}

  @Get('oauth2/applications')
  @DescribeRoute({
    tag: TAG,
    id: 'listConnectedApplications',
    summary: 'Applications with access to the own account',
    description:
      'Every client that the user has allowed something, with what it may do, and agents that act by an API key of theirs.',
    response: ApplicationsAnswer,
    errors: UNAUTHORIZED,
  })
  async list(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    const agents = await this.consents.agents(subjectId);
    return { applications: await this.consents.applications(subjectId), agents: agents.map(toAgentView) };
  }

  @Delete('oauth2/applications/:clientId')
  @DescribeRoute({
    tag: TAG,
    id: 'withdrawApplication',
    summary: 'Withdraw all access of one application',
    description: 'Consent, codes and every token end at once. Idempotent.',
    response: WithdrawnAnswer,
    errors: UNAUTHORIZED,
  })
  async withdraw(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Param('clientId', new ClientIdPipe()) clientId: string,
  ) {
    return { success: true, withdrawn: await this.consents.withdraw(subjectId, clientId) };
  }

  @Get('oauth2/get-consents')
  @DescribeRoute({
    tag: TAG,
    id: 'listConsents',
    summary: "The user's consents",
    description: "The same consents as `/oauth2/applications`, on better-auth's wire.",
    response: ConsentViewsAnswer,
    errors: UNAUTHORIZED,
  })
  async consentsOf(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return (await this.consents.list(subjectId)).map(toConsentView);
  }

  @Get('oauth2/get-consent')
  @DescribeRoute({
    tag: TAG,
    id: 'getConsent',
    summary: 'One consent',
    description: "An unknown one, and somebody else's, are answered alike.",
    response: ConsentViewAnswer,
    errors: NOT_FOUND,
  })
  async consent(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Query({ schema: ConsentIdQuery }) { id }: z.infer<typeof ConsentIdQuery>,
  ) {
    return toConsentView(await this.consents.get(subjectId, id));
  }

  @Post('oauth2/update-consent')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'updateConsent',
    example: { id: CONSENT, update: { scopes: ['openid'] } },
    summary: 'Keep fewer scopes granted',
    description: 'Takes scopes away; adding some needs a new consent page. Tokens that hold more end.',
    response: ConsentViewAnswer,
    errors: NOT_FOUND,
  })
  async update(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Body({ schema: UpdateConsentBody }) body: z.infer<typeof UpdateConsentBody>,
  ) {
    return toConsentView(await this.consents.narrow(subjectId, body.id, body.update.scopes));
  }

  @Post('oauth2/delete-consent')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'deleteConsent',
    example: { id: CONSENT },
    summary: 'Withdraw a consent',
    description: 'Codes and all tokens of that application end at once.',
    response: WithdrawnAnswer,
    errors: NOT_FOUND,
  })
  async delete(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Body({ schema: ConsentIdBody }) { id }: z.infer<typeof ConsentIdBody>,
  ) {
    const { client_id: clientId } = await this.consents.get(subjectId, id);
    return { success: true, withdrawn: await this.consents.withdraw(subjectId, clientId) };
  }
}
