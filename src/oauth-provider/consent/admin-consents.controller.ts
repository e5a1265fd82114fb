import { Delete, Get, Param, UseGuards } from '@nestjs/common';
import { AdministrationGuard } from '../../common/guards/administration.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { HostPorts } from '../../common/ports/port.js';
import { ApplicationsAnswer, toAgentView, WithdrawnAnswer } from './consent.schemas.js';
import { ConsentsService } from './consents.service.js';
import { ClientIdPipe } from '../clients/client-id.pipe.js';

const TAG = 'Administration: users';
const ERRORS = { 404: 'NOT_FOUND: no such user, or administration is off' };

/** What users have granted to clients. The host's `administration.guard` decides who may call; off without it. */
@AuthController('admin/users/:userId/applications')
@UseGuards(AdministrationGuard)
export class AdminConsentsController {
  constructor(
    private readonly consents: ConsentsService,
    private readonly ports: HostPorts,
  ) {}

  @Get()
  @DescribeRoute({
    tag: TAG,
    id: 'adminListApplications',
    summary: 'Applications with access to the account of a user',
    description:
      'Every client that the user has allowed something, with what it may do, and agents that act by an API key of theirs.',
    response: ApplicationsAnswer,
    errors: ERRORS,
  })
  async list(@Param('userId') userId: string) {
    await this.requireUser(userId);
    const agents = await this.consents.agents(userId);
    return { applications: await this.consents.applications(userId), agents: agents.map(toAgentView) };
  }

  @Delete(':clientId')
  @DescribeRoute({
    tag: TAG,
    id: 'adminWithdrawApplication',
    summary: 'Withdraw all access that one application has to the account of a user',
    description: 'Consent, codes and every token end at once. Idempotent.',
    response: WithdrawnAnswer,
    errors: ERRORS,
  })
  async withdraw(@Param('userId') userId: string, @Param('clientId', new ClientIdPipe()) clientId: string) {
    await this.requireUser(userId);
    return { success: true, withdrawn: await this.consents.withdraw(userId, clientId) };
  }

  /** @throws AuthError 404: nothing is written for an id that is nobody's */
  private async requireUser(userId: string): Promise<void> {
    if ((await this.ports.users.get().find(userId)) === null) throw AuthError.notFound('There is no such user');
  }
}
