import { Inject, Injectable } from '@nestjs/common';
import type { CurrentSession } from '../../common/ports/sessions.js';
import { html, type Html } from '../../common/html.js';
import { clientName } from '../../common/http/pages/client-card.js';
import { picture } from '../../common/http/pages/pictures.js';
import { text } from '../../common/texts/text.js';
import { page } from '../../common/http/pages/page.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { LogoutRequest } from './logout-requests.js';
import { withQuery } from './with-query.js';

/** A logout that has happened. */
export interface SignedOut {
  /** Clients that the browser tells, by frames. */
  readonly told: readonly RegisteredClient[];
  /** The session that ended; null: this browser had none. */
  readonly sessionId: string | null;
  readonly request: LogoutRequest;
  /** Whether the client meant another session, which is still alive. */
  readonly meantLives: boolean;
  /** Whether the browser goes on to the client by itself. */
  readonly goesOn: boolean;
}

/** The logout pages that users see. */
@Injectable()
export class LogoutPages {
  constructor(
    private readonly routes: AuthRoutes,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** Asks the user. The name of an unverified client is not shown (T093). @param sealed the request, which the form sends back */
  confirm({ user }: CurrentSession, { client, returnTo }: LogoutRequest, sealed: string): HttpReply {
    return page({
      title: text('signOut.title'),
      // Relative, so that it works wherever the host and its proxy mount these routes.
      body: html`<p>${text('frame.signedInAs', { account: html`<strong><bdi>${user.email}</bdi></strong>` })}</p>
        ${client?.isVerified && html`<p>${text('signOut.asks', { client: clientName(client) })}</p>`}
        <form method="post" action="end-session/confirm">
          <input type="hidden" name="request" value="${sealed}" />
          <button type="submit" id="sign-out">${text('signOut.button')}</button>
        </form>
        <p>
          <a id="stay" class="button plain" href="${this.routes.publicPathOf('/account')}">${text('signOut.stay')}</a>
        </p>`,
      ...(returnTo !== null && { formActions: [returnTo] }),
    });
  }

  /**
   * The last page, with a frame for each client that the browser tells (OIDC Front-Channel Logout 3). The browser continues when the
   * frames have loaded; users can continue at once.
   */
  signedOut({ told, sessionId, request, meantLives, goesOn }: SignedOut): HttpReply {
    const { returnTo, client } = request;
    const addresses = told.map((one) => this.frameAddress(one, sessionId));
    const ended = sessionId !== null;
    return page({
      title: text(ended ? 'signedOut.title' : 'notSignedIn.title'),
      ...(returnTo === null && { waysOn: ['account'] }),
      body: html`${picture(ended ? 'done' : 'nobody')}
        <p id="signed-out">${text(ended ? 'signedOut.text' : 'notSignedIn.text')}</p>
        ${meantLives && html`<p id="still-signed-in" class="note">${text('signOut.stillOpen')}</p>`}
        ${returnTo !== null && html`<p><a id="continue" class="button" href="${returnTo}" rel="noreferrer">${text('signOut.continueTo', { place: goesOn && client ? clientName(client) : hostOf(returnTo) })}</a></p>`}
        ${told.map((one, index) => frame(addresses[index]!, one))}`,
      frameSources: addresses,
      ...(returnTo !== null && goesOn && { continueTo: returnTo }),
    });
  }

  private frameAddress({ metadata }: RegisteredClient, sessionId: string | null): string {
    const address = metadata.frontchannel_logout_uri!;
    if (!metadata.frontchannel_logout_session_required || sessionId === null) return withQuery(address, {});
    return withQuery(address, { iss: this.settings.issuer, sid: sessionId });
  }
}

/** Shown in place of the client's name: an unverified name does not tell where the link leads (T093). */
function hostOf(address: string): string {
  const { host, protocol } = new URL(address);
  return host || protocol;
}

/** Sandboxed: the client's script may end its session in its own origin, but cannot navigate our page. */
function frame(address: string, client: RegisteredClient): Html {
  return html`<iframe
    src="${address}"
    title="${text('signOut.frame', { client: client.name })}"
    width="1"
    height="1"
    sandbox="allow-scripts allow-same-origin"
    referrerpolicy="no-referrer"
  ></iframe>`;
}
