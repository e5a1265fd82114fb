import { Inject, Injectable } from '@nestjs/common';
import type { CurrentSession } from '../../common/ports/sessions.js';
import { html, type Html } from '../../common/html.js';
import { page } from '../../common/http/pages/page.js';
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
  constructor(@Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings) {}

  /** Asks the user. The name of an unverified client is not shown (T093). @param sealed the request, which the form sends back */
  confirm({ user }: CurrentSession, { client, returnTo }: LogoutRequest, sealed: string): HttpReply {
    return page({
      title: 'Sign out?',
      // Relative, so that it works wherever the host and its proxy mount these routes.
      body: html`<p>You are signed in as <strong>${user.email}</strong>.</p>
        ${client?.isVerified && html`<p>${client.name} asks you to sign out.</p>`}
        <form method="post" action="end-session/confirm">
          <input type="hidden" name="request" value="${sealed}" />
          <button type="submit" id="sign-out">Sign out</button>
        </form>`,
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
      title: ended ? 'Signed out' : 'Not signed in',
      body: html`<p id="signed-out">
          ${ended ? 'You are signed out in this browser.' : 'Nobody is signed in in this browser.'}
        </p>
        ${meantLives && html`<p id="still-signed-in" class="note">The session that you were to be signed out of is open elsewhere. Sign out there as well.</p>`}
        ${returnTo !== null && html`<p><a id="continue" href="${returnTo}" rel="noreferrer">Continue to ${goesOn ? client?.name : hostOf(returnTo)}</a></p>`}
        ${addresses.map(frame)}`,
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
function frame(address: string): Html {
  return html`<iframe
    src="${address}"
    title="Signing out of a client"
    width="1"
    height="1"
    sandbox="allow-scripts allow-same-origin"
    referrerpolicy="no-referrer"
  ></iframe>`;
}
