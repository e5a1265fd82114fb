import { Inject, Injectable } from '@nestjs/common';
import { html } from '../../common/html.js';
import { text } from '../../common/texts/text.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInPageContent } from '../../common/ports/sign-in-page.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { clientCard, clientName, plainClientName } from '../../common/http/pages/client-card.js';
import { page } from '../../common/http/pages/page.js';
import { HttpReply } from '../../common/http/request/reply.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { APPLICATIONS_PATH } from '../consent/applications-page.controller.js';
import { consentPage } from '../consent/consent.page.js';
import { ConsentStore } from '../consent/consent.store.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { OAuthServer } from '../token/oauth-server.js';
import { reachableResources } from '../token/client-resources.js';
import { WaitingAuthorizations, type WaitingAuthorization } from './waiting-authorizations.js';
import { askedOf } from './authorization-flow.js';
import { InteractionUrls } from './interaction-urls.js';

/** The built-in pages that ask the user of a waiting request. */
@Injectable()
export class InteractionPages {
  constructor(
    private readonly waiting: WaitingAuthorizations,
    private readonly consents: ConsentStore,
    private readonly server: OAuthServer,
    private readonly urls: InteractionUrls,
    private readonly routes: AuthRoutes,
    private readonly ports: HostPorts,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** The part of the sign-in page that shows the client. */
  async partOf(continueTo: string): Promise<SignInPageContent | null> {
    const handle = this.urls.handleOf(continueTo);
    const pending = handle === null ? null : await this.waiting.findLive(handle);
    if (!pending) return null;
    const { loginHint } = pending.parameters;
    return {
      client: pending.client,
      // A user who has consented before goes straight on to the client.
      formActions: targetsOf(pending),
      ...(loginHint !== null && { emailHint: loginHint }),
    };
  }

  async accounts(handle: string, principal: AuthPrincipal | null): Promise<HttpReply> {
    const pending = await this.waiting.find(handle);
    if (!principal) return sentTo(this.urls.resume(handle));
    const { client } = pending;
    const account = html`<strong><bdi>${await this.nameOf(principal)}</bdi></strong>`;
    const body = html`
      ${clientCard(client, text('accounts.asks', { client: clientName(client) }))}
      <form method="post" action="${this.routes.publicPathOf('/oauth2/select-account', 'POST')}">
        <input type="hidden" name="request" value="${handle}" />
        <input type="hidden" name="account" value="${principal.subjectId}" />
        <button id="continue" type="submit">${text('accounts.continueAs', { account })}</button>
      </form>
      <p><a id="another" class="button plain" href="${this.anotherAccount(handle)}">${text('accounts.another')}</a></p>
    `;
    return page({ title: text('accounts.title'), body, formActions: targetsOf(pending) });
  }

  /** Shown only to the session that was asked; any other session resumes the request and is asked itself. */
  async consent(handle: string, principal: AuthPrincipal | null): Promise<HttpReply> {
    const pending = await this.waiting.find(handle);
    if (!principal?.sessionId || pending.waiting.row.session_id !== principal.sessionId)
      return sentTo(this.urls.resume(handle));
    const { resources, scopes } = pending.parameters;
    const consent = await this.consents.find(principal.subjectId, pending.client.clientId);
    const body = consentPage({
      action: this.routes.publicPathOf('/oauth2/consent/answer', 'POST'),
      handle,
      client: pending.client,
      userName: await this.nameOf(principal),
      anotherAccountUrl: this.anotherAccount(handle),
      applicationsUrl: this.routes.publicPathOf(APPLICATIONS_PATH),
      redirectUri: pending.parameters.redirectUri,
      scopeTexts: this.settings.scopeTexts,
      resourceNames: this.settings.resources.names,
      asked: askedOf(pending.parameters),
      details: this.server.shownDetails(pending.parameters.authorizationDetails ?? []),
      reachable: resources.length > 0 ? [] : reachableResources(pending.client, scopes, this.settings),
      granted: consent?.lapsed ? null : consent,
    });
    const title = text('consent.title', { client: plainClientName(pending.client) });
    return page({ title, body, formActions: targetsOf(pending) });
  }

  private anotherAccount(handle: string): string {
    return this.ports.signInFlow.get().signInUrl(this.urls.resume(handle));
  }

  private async nameOf({ subjectId }: AuthPrincipal): Promise<string> {
    return (await this.ports.users.get().find(subjectId))?.email ?? subjectId;
  }
}

/** Where the form's redirect leads; Chromium checks it against CSP form-action. */
function targetsOf({ parameters }: WaitingAuthorization): string[] {
  return [parameters.redirectUri];
}

function sentTo(url: string): HttpReply {
  return new HttpReply('').withStatus(302).header('Location', url);
}
