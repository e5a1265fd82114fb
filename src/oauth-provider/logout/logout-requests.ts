import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { IdTokenHints, type IdTokenHint } from '../id-tokens/id-token-hints.js';
import { withQuery } from './with-query.js';

/** So that a page can carry the request in a sealed form field. */
const MAX_RETURN_LENGTH = 8_192;

/** A request of OIDC RP-Initiated Logout 2 that has passed every check. */
export interface LogoutRequest {
  /** The client that asks, if the request names it. */
  readonly client: RegisteredClient | null;
  readonly hint: IdTokenHint | null;
  /** Where the browser goes afterwards; an address that the client has registered. */
  readonly redirectUri: string | null;
  readonly state: string | null;
  /** The address above with the state. */
  readonly returnTo: string | null;
}

type Parameters = Readonly<Record<string, string | undefined>>;

/** Checks logout requests. `logout_hint` is accepted and has no effect. */
@Injectable()
export class LogoutRequests {
  constructor(
    private readonly hints: IdTokenHints,
    private readonly directory: ClientDirectory,
  ) {}

  /** @throws AuthError 400 `invalid_request`; the browser is not redirected then (T092) */
  async read(parameters: Parameters): Promise<LogoutRequest> {
    const { id_token_hint: text, client_id: clientId, post_logout_redirect_uri: address } = parameters;
    const hint = text === undefined ? null : await this.hints.read(text);
    const client = await this.clientOf(hint, clientId);
    const redirectUri = address === undefined ? null : requireRegistered(client, address);
    // Without an address there is nowhere to send the state, and the page need not carry it.
    const state = (redirectUri !== null && parameters['state']) || null;
    const returnTo = redirectUri === null ? null : withQuery(redirectUri, state === null ? {} : { state });
    if ((returnTo?.length ?? 0) > MAX_RETURN_LENGTH) throw AuthError.invalidRequest('The state is too long');
    return { client, hint, redirectUri, state, returnTo };
  }

  private async clientOf(hint: IdTokenHint | null, clientId: string | undefined): Promise<RegisteredClient | null> {
    if (hint && clientId !== undefined && hint.client.clientId !== clientId)
      throw AuthError.invalidRequest('The id_token_hint was given to another client');
    if (hint || clientId === undefined) return hint?.client ?? null;
    const client = await this.directory.find(clientId);
    if (!client) throw AuthError.invalidRequest('There is no such client');
    return client;
  }
}

/** Compares character by character (OIDC RP-Initiated Logout 2). Options are not checked as registrations are, so it must also parse. */
function requireRegistered(client: RegisteredClient | null, address: string): string {
  if (!client) throw AuthError.invalidRequest('post_logout_redirect_uri needs an id_token_hint or a client_id');
  if (client.metadata.post_logout_redirect_uris?.includes(address) && URL.canParse(address)) return address;
  throw AuthError.invalidRequest('The post_logout_redirect_uri is not registered for this client');
}
