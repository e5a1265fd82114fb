import { OwnSiteGuard } from '../../common/http/origins/own-site.guard.js';
import { Body, Query, Req, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { Auth, CurrentPrincipal, OptionalAuth } from '../../common/guards/decorators.js';
import { isInPerson, SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { GetAlone } from '../../common/http/origins/request.guard.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { formatScope } from '../../common/principal/scopes.js';
import type { Decision, WaitingRow } from '../authorizations/device-authorization.store.js';
import { DeviceEnabledGuard } from '../device-enabled.guard.js';
import { DecidedAnswer, DeviceStatusAnswer, UserCodeBody, UserCodeQuery } from '../device.schemas.js';
import { VerificationService, type Verifier } from './verification.service.js';

const TAG = 'Device';
const UNKNOWN = {
  400: 'invalid_request, expired_token',
  404: 'invalid_request: there is no such code',
  429: 'temporarily_unavailable',
};
const DECISION_ERRORS = { ...UNKNOWN, 401: 'unauthorized', 403: "access_denied: somebody else's" };

/** For the host's own page: look at a code, then approve or deny it (better-auth's wire). */
@AuthController()
@UseGuards(DeviceEnabledGuard)
export class VerificationController {
  constructor(private readonly verification: VerificationService) {}

  @GetAlone()
  @UseGuards(OwnSiteGuard)
  @Auth('session', 'bearer')
  @OptionalAuth()
  @OAuthEndpoint('GET', '/device', {
    tag: TAG,
    id: 'getDevice',
    summary: 'The device behind a user code',
    description:
      'A signed-in user who asks first is the one who may approve or deny; they alone are told client and scope.',
    response: DeviceStatusAnswer,
    errors: UNKNOWN,
  })
  async open(
    @Query({ schema: UserCodeQuery }) { user_code: userCode }: z.infer<typeof UserCodeQuery>,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @Req() request: GuardedRequest,
  ) {
    const verifier = isInPerson(principal) ? toVerifier(principal!) : null;
    const row = await this.verification.open(userCode, verifier, callerOf(request).address);
    const isOwn = verifier !== null && row.subject === verifier.subjectId;
    const facts = isOwn
      ? { client_id: row.client_id, scope: formatScope(row.scopes), ...resourceOf(row), ...detailsOf(row) }
      : {};
    return { user_code: userCode, status: row.status, ...facts };
  }

  @SessionAuth()
  @OAuthEndpoint('POST', '/device/approve', {
    tag: TAG,
    id: 'approveDevice',
    example: { userCode: 'BCDF-GHJK' },
    summary: 'Let the device in',
    description:
      'The device signs in as this user, at its next question. Ask for the code by `GET /device` first: only who has looked may decide.',
    response: DecidedAnswer,
    errors: DECISION_ERRORS,
  })
  approve(
    @Body({ schema: UserCodeBody }) body: z.infer<typeof UserCodeBody>,
    @CurrentPrincipal() principal: AuthPrincipal,
    @Req() request: GuardedRequest,
  ) {
    return this.decide(body.userCode, 'approved', principal, request);
  }

  @SessionAuth()
  @OAuthEndpoint('POST', '/device/deny', {
    tag: TAG,
    id: 'denyDevice',
    example: { userCode: 'BCDF-GHJK' },
    summary: 'Turn the device away',
    description: 'For good. Ask for the code by `GET /device` first: only who has looked may decide.',
    response: DecidedAnswer,
    errors: DECISION_ERRORS,
  })
  deny(
    @Body({ schema: UserCodeBody }) body: z.infer<typeof UserCodeBody>,
    @CurrentPrincipal() principal: AuthPrincipal,
    @Req() request: GuardedRequest,
  ) {
    return this.decide(body.userCode, 'denied', principal, request);
  }

  private async decide(userCode: string, decision: Decision, principal: AuthPrincipal, request: GuardedRequest) {
    await this.verification.decide(userCode, decision, toVerifier(principal), callerOf(request).address);
    return { success: true };
  }
}

/** One resource is a text, several are a list (better-auth's wire). */
function resourceOf({ resources }: WaitingRow): { resource?: string | string[] } {
  if (resources.length === 0) return {};
  return { resource: resources.length === 1 ? resources[0]! : resources };
}

/** @param principal of the user in person, so it has a session */
function toVerifier({ subjectId, sessionId, authenticatedAt }: AuthPrincipal): Verifier {
  return { subjectId, sessionId: sessionId!, authenticatedAt };
}

function detailsOf({ authorization_details: details }: WaitingRow) {
  return details === null ? {} : { authorization_details: details };
}
