import { Injectable, Logger } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SessionCarrier } from '../../common/ports/session-transport.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { givenName } from '../providers/given-name.js';
import type { ProviderClient } from '../providers/provider.client.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProviderFault } from '../providers/provider-fault.js';
import type { ProviderClaims } from '../providers/provider.options.js';
import type { CallbackRoute, LinkStateRow } from '../states/link-state.store.js';
import { LinkStatesService, type BegunProviderRedirect } from '../states/link-states.service.js';
import { ErrorAddresses, tidyDescription } from './error-addresses.js';
import { IdentityLinker, type Arrival } from './identity.linker.js';
import { codeOnRoute, LinkingFailure } from './linking-failure.js';
import { ProviderRedirectsService } from './provider-redirects.service.js';

/** Parameters of an authorization response (RFC 6749 4.1.2, RFC 9207). */
export interface CallbackParameters {
  readonly code?: string | undefined;
  readonly state?: string | undefined;
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
  readonly iss?: string | undefined;
  /** Apple: the name, as JSON, at the first sign-in only. */
  readonly user?: string | undefined;
}

/** Where the browser goes next, and its new session if it has one. */
export interface Arrived {
  readonly url: string;
  readonly carrier: SessionCarrier | null;
}

const ERROR_CODE = /^[A-Za-z0-9_.-]{1,64}$/;

/** Receives browsers that come back from providers. Every failure ends in a redirect with `error`; only our own errors are thrown. */
@Injectable()
export class CallbackService {
  private readonly logger = new Logger('AccountLinking');

  constructor(
    private readonly states: LinkStatesService,
    private readonly redirects: ProviderRedirectsService,
    private readonly linker: IdentityLinker,
    private readonly providers: ProviderDirectory,
    private readonly ports: HostPorts,
    private readonly errors: ErrorAddresses,
  ) {}

  async arrive(
    providerId: string,
    route: CallbackRoute,
    parameters: CallbackParameters,
    caller: Caller,
  ): Promise<Arrived> {
    let errorUrl: string | null = null;
    try {
      const client = this.providers.find(providerId);
      if (!client) throw new LinkingFailure('oauth_provider_not_found', 'no provider of this name');
      if (!parameters.state) throw new LinkingFailure('state_not_found', 'the response carries no state');
      const redirect = await this.states.finish({ state: parameters.state, providerId, route }, caller.headers);
      errorUrl = redirect ? redirect.row.error_callback_url : await this.states.errorUrlOf(parameters.state);
      if (!redirect) throw new LinkingFailure('state_mismatch', 'the state is unknown, spent, or not of this browser');
      return await this.complete(client, route, redirect, parameters, caller);
    } catch (error) {
      const code = codeOnRoute(this.failureCode(error), route);
      const description = error instanceof LinkingFailure ? error.description : null;
      return { url: this.errors.of(errorUrl, { code, description }), carrier: null };
    }
  }

  private async complete(
    client: ProviderClient,
    route: CallbackRoute,
    redirect: BegunProviderRedirect,
    parameters: CallbackParameters,
    caller: Caller,
  ): Promise<Arrived> {
    const { row } = redirect;
    await this.requireSameUser(row, caller.headers);
    const arrival = await this.redeem(client, route, redirect, parameters);
    if (row.purpose === 'link') {
      await this.linker.link(arrival, { subjectId: row.subject!, sessionId: row.session_id! });
      return { url: row.callback_url, carrier: null };
    }
    const { user, epoch, isNew } = await this.linker.signIn(arrival, row.requests_sign_up);
    const flow = this.ports.signInFlow.get();
    const started = await flow.start(user, { epoch, rememberMe: true, answersWithBody: false, caller });
    const url = (isNew ? row.new_user_callback_url : null) ?? row.callback_url;
    const carrier = this.ports.sessionTransport.get().carry(started, caller.headers);
    return { url: await flow.sendBack(started, url), carrier };
  }

  /** A link that one user began must not be completed after another user has signed in in the same browser. */
  private async requireSameUser(row: LinkStateRow, headers: HeaderBag): Promise<void> {
    if (row.purpose !== 'link') return;
    const current = await this.ports.sessions.get().current(headers);
    if (current && current.user.id !== row.subject)
      throw new LinkingFailure('state_mismatch', 'another user is signed in now');
  }

  /** Holds no database connection. */
  private async redeem(
    client: ProviderClient,
    route: CallbackRoute,
    redirect: BegunProviderRedirect,
    { code, state, error, error_description: description, iss, user }: CallbackParameters,
  ): Promise<Arrival> {
    if (await client.hasWrongIssuer(iss)) throw new LinkingFailure('issuer_mismatch', 'iss names another issuer');
    if (error !== undefined)
      throw new LinkingFailure(
        ERROR_CODE.test(error) ? error : 'invalid_callback_request',
        'the provider refused',
        tidyDescription(description),
      );
    if (!code) throw new LinkingFailure('no_code', 'the response carries no code');
    const redirectUri = this.redirects.redirectUri(client.settings.providerId, route);
    const { codeVerifier, nonce } = redirect;
    const { tokens, idClaims } = await failingWith('invalid_code', () =>
      client.exchange({ redirectUri, state: state!, code, iss, nonce, codeVerifier }),
    );
    const identity = await failingWith('unable_to_get_user_info', () =>
      client.identify(tokens.accessToken, idClaims, nameFrom(user)),
    );
    return { provider: client.settings, identity, tokens, scopes: redirect.row.scopes };
  }

  /** @throws our own errors */
  private failureCode(error: unknown): string {
    if (error instanceof LinkingFailure) {
      // An invalid response is a warning, since only the host can fix it; a refusal is up to the user or the provider.
      if (error.isFault) this.logger.warn(error.message);
      else this.logger.debug(error.message);
      return error.code;
    }
    if (error instanceof ProviderFault) {
      this.logger.warn(`provider_unavailable: ${error.message}`);
      return 'provider_unavailable';
    }
    if (!(error instanceof AuthError) || error.status >= 500) throw error;
    this.logger.debug(`${error.code}: ${error.detail ?? error.description}`);
    // `UNAUTHORIZED`: the subject ended meanwhile. Any other code is a veto of the host.
    return error.status === 401 && error.code === 'UNAUTHORIZED'
      ? 'unable_to_create_session'
      : error.code.toLowerCase();
  }
}

/** A refusal or an invalid response becomes `code`; an unavailable provider is reported as such. */
async function failingWith<T>(code: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ProviderFault && error.kind !== 'unavailable')
      throw new LinkingFailure(code, `${error.kind}: ${error.message}`, null, error.kind === 'invalid');
    throw error;
  }
}

/** Apple's form carries the name as JSON. */
function nameFrom(user: string | undefined): ProviderClaims {
  try {
    return user === undefined ? {} : givenName(JSON.parse(user));
  } catch {
    return {};
  }
}
