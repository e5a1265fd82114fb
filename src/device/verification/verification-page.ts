import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { HostPorts } from '../../common/ports/port.js';
import type { CurrentSession } from '../../common/ports/sessions.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { impersonated } from '../../common/principal/impersonation.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import type { RootPage, RootPageRequest } from '../../common/http/edge/root-routes.js';
import type { Decision, WaitingRow } from '../authorizations/device-authorization.store.js';
import { claimedByAnother } from '../device.errors.js';
import { formatUserCode, normaliseUserCode } from '../authorizations/user-code.js';
import { DEVICE_SETTINGS, type DeviceSettings } from '../device.options.js';
import { confirmPage, entryPage, outcomePage } from './verification-pages.js';
import { VerificationService, type Verifier } from './verification.service.js';

const DECISIONS: ReadonlyMap<string | undefined, Decision> = new Map([
  ['approve', 'approved'],
  ['deny', 'denied'],
]);
/** In the query of the page that says what has been decided: a reload asks for it again, and sends no form. */
const OUTCOME = 'outcome';
const NO_TEXTS = { scopeTexts: new Map(), resourceNames: new Map() };

/**
 * The built-in page. Opening it, even with a code in the address, does nothing: its form looks the code up, and the form of the next page
 * decides (T101). So a link cannot use up the attempts of the user who follows it.
 */
@Injectable()
export class VerificationPage implements RootPage {
  constructor(
    private readonly verification: VerificationService,
    private readonly ports: HostPorts,
    private readonly routes: AuthRoutes,
    @Inject(DEVICE_SETTINGS) private readonly settings: DeviceSettings,
  ) {}

  async show({ fields }: RootPageRequest): Promise<HttpReply> {
    const outcome = [...DECISIONS.values()].find((decision) => decision === fields[OUTCOME]);
    if (outcome) return outcomePage(outcome, this.action);
    return entryPage(this.action, { userCode: this.shown(fields['user_code'] ?? '') });
  }

  async submit(request: RootPageRequest): Promise<HttpReply> {
    const typed = request.fields['user_code'] ?? '';
    const current = await this.currentOf(request.caller.headers);
    if (!current) return this.toSignIn(typed);
    try {
      return await this.proceed(typed, request, current);
    } catch (error) {
      // Errors that the user can correct: show the form again, with the reason.
      if (error instanceof AuthError && [400, 404, 429].includes(error.status))
        return entryPage(this.action, { userCode: this.shown(typed), error });
      throw error;
    }
  }

  private async proceed(
    typed: string,
    { fields, caller: { address } }: RootPageRequest,
    current: CurrentSession,
  ): Promise<HttpReply> {
    if (current.session.impersonatedBy !== undefined) throw impersonated('the page of device codes');
    const verifier = verifierOf(current);
    const decision = DECISIONS.get(fields['action']);
    if (decision) {
      await this.decide(typed, decision, verifier, address);
      return this.toOutcome(decision);
    }
    const row = await this.verification.open(typed, verifier, address);
    if (row.subject !== verifier.subjectId) throw claimedByAnother();
    return row.status === 'pending' ? this.confirm(row, typed, current) : this.toOutcome(row.status);
  }

  private async decide(typed: string, decision: Decision, verifier: Verifier, address: string | null): Promise<void> {
    try {
      await this.verification.decide(typed, decision, verifier, address);
    } catch (error) {
      // Sent twice, or again from the history: the first has done what this one asks.
      if ((await this.verification.statusOf(typed, verifier)) !== decision) throw error;
    }
  }

  private toOutcome(decision: Decision): HttpReply {
    return seeOther(`${this.action}?${new URLSearchParams({ [OUTCOME]: decision })}`);
  }

  private async confirm(row: WaitingRow, typed: string, { user }: CurrentSession): Promise<HttpReply> {
    const server = this.ports.authorizationServer;
    const registered = row.gives === 'tokens' && server.filled ? await server.get().findClient(row.client_id) : null;
    const { scopeTexts, resourceNames } = server.filled ? server.get() : NO_TEXTS;
    // A client that is not registered is shown by its id, which the host has allowed.
    const client = registered ?? { name: row.client_id, isVerified: true };
    return confirmPage(this.action, {
      row,
      userCode: this.shown(typed),
      client,
      userName: user.email,
      scopeTexts,
      resourceNames,
      details: server.filled ? server.get().shownDetails(row.authorization_details ?? []) : [],
    });
  }

  /** By the cookie only: a client that holds a token of the user is not the user. */
  private currentOf({ cookie }: HeaderBag): Promise<CurrentSession | null> {
    return this.ports.sessions.get().current({ cookie });
  }

  private toSignIn(typed: string): HttpReply {
    const userCode = this.shown(typed);
    const query = userCode === '' ? '' : `?${new URLSearchParams({ user_code: userCode })}`;
    const url = this.ports.signInFlow.get().signInUrl(`${this.action}${query}`);
    return seeOther(url);
  }

  /** The code as the device shows it; empty when it cannot be a code. */
  private shown(typed: string): string {
    const code = normaliseUserCode(typed, this.settings.userCode);
    return code === null ? '' : formatUserCode(code, this.settings.userCode);
  }

  /** Path of the page as browsers see it, also behind a proxy that adds a prefix. */
  private get action(): string {
    return new URL(this.routes.rootUrlOf(this.settings.verificationUri)).pathname;
  }
}

function verifierOf({ session, user }: CurrentSession): Verifier {
  return { subjectId: user.id, sessionId: session.id, authenticatedAt: session.createdAt };
}
