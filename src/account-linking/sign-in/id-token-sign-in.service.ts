import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SessionCarrier } from '../../common/ports/session-transport.js';
import type { SignInOutcome } from '../../common/ports/second-factor.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { alreadyLinked, fromProviderFault, refused } from '../account-linking.errors.js';
import { ACCOUNT_LINKING_SETTINGS, type AccountLinkingSettings } from '../account-linking.options.js';
import { givenName } from '../providers/given-name.js';
import type { ProviderClient } from '../providers/provider.client.js';
import { ProviderFault } from '../providers/provider-fault.js';
import { IdentityLinker, type Arrival, type LinkingSession } from './identity.linker.js';
import { LinkingFailure } from './linking-failure.js';

/** An ID token that an app got from the provider by itself, with what came beside it. */
export interface PresentedIdToken {
  readonly token: string;
  /** The nonce that the app sent; then the token must hold it. */
  readonly nonce?: string | null | undefined;
  readonly accessToken?: string | null | undefined;
  readonly refreshToken?: string | null | undefined;
  /** What the provider told the app beside the token. */
  readonly user?: unknown;
}

export interface IdTokenWish {
  readonly requestsSignUp: boolean;
  /** @see SessionStart */
  readonly answersWithBody: boolean;
}

export interface IdTokenSignIn {
  readonly user: HostUser;
  readonly outcome: SignInOutcome;
  readonly carrier: SessionCarrier;
}

/** Counts bad tokens only: a signature cannot be guessed, so a good token passes, whatever others have sent from its address. */
const BY_ADDRESS: RateLimit = { name: 'link-id-token-address', max: 60, windowSeconds: 60 };

/** Codes of the direct reply for the failure codes of the redirect. */
const CODES: Readonly<Record<string, string>> = {
  email_not_found: 'USER_EMAIL_NOT_FOUND',
  email_does_not_match: 'LINKING_DIFFERENT_EMAILS_NOT_ALLOWED',
  email_not_verified: 'LINKING_NOT_ALLOWED',
  unable_to_link_account: 'LINKING_NOT_ALLOWED',
  account_not_linked: 'OAUTH_LINK_ERROR',
  signup_disabled: 'OAUTH_LINK_ERROR',
};

/** Sign-in and linking with an ID token, for apps that talk to the provider themselves. No redirect, so no state. */
@Injectable()
export class IdTokenSignInService {
  constructor(
    private readonly linker: IdentityLinker,
    private readonly ports: HostPorts,
    private readonly limits: RateLimits,
    @Inject(ACCOUNT_LINKING_SETTINGS) private readonly settings: AccountLinkingSettings,
  ) {}

  /** @throws AuthError 401 `INVALID_TOKEN`, 404 `ID_TOKEN_NOT_SUPPORTED`, and the codes of the linking rules */
  async signIn(
    client: ProviderClient,
    given: PresentedIdToken,
    wish: IdTokenWish,
    caller: Caller,
  ): Promise<IdTokenSignIn> {
    const arrival = await this.verify(client, given).catch(async (error: unknown) => {
      await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
      throw error;
    });
    const { user, epoch } = await withAuthErrors(() => this.linker.signIn(arrival, wish.requestsSignUp));
    const { answersWithBody } = wish;
    const outcome = await this.ports.signInFlow.get().start(user, { epoch, rememberMe: true, answersWithBody, caller });
    return { user, outcome, carrier: this.ports.sessionTransport.get().carry(outcome, caller.headers) };
  }

  /** @throws AuthError as `signIn`, and 409 `SOCIAL_ACCOUNT_ALREADY_LINKED` */
  async link(client: ProviderClient, given: PresentedIdToken, linker: LinkingSession): Promise<void> {
    if (!this.settings.linking.enabled) throw refused('LINKING_NOT_ALLOWED', 'Linking is not allowed');
    const arrival = await this.verify(client, given);
    await withAuthErrors(() => this.linker.link(arrival, linker));
  }

  private async verify(client: ProviderClient, given: PresentedIdToken): Promise<Arrival> {
    try {
      const claims = await client.verifyIdToken(given.token, given.nonce || undefined);
      if (!claims)
        throw new AuthError({ status: 404, code: 'ID_TOKEN_NOT_SUPPORTED', description: 'id_token not supported' });
      // The access token beside it is not used here: nothing proves whose it is.
      const identity = await client.identify(null, claims, givenName(given.user));
      const tokens = {
        accessToken: given.accessToken ?? null,
        refreshToken: given.refreshToken ?? null,
        idToken: given.token,
        accessExpiresInSeconds: null,
        refreshExpiresInSeconds: null,
        scopes: null,
      };
      return { provider: client.settings, identity, tokens, scopes: client.settings.scopes };
    } catch (error) {
      if (error instanceof ProviderFault && error.kind === 'invalid')
        throw refused('INVALID_TOKEN', 'Invalid token', error.message);
      throw fromProviderFault(error, 'FAILED_TO_GET_USER_INFO', 'Failed to get user info');
    }
  }
}

async function withAuthErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof LinkingFailure)) throw error;
    if (error.code === 'account_already_linked_to_different_user') throw alreadyLinked();
    if (error.code === 'account_limit_reached')
      throw AuthError.forbidden('ACCOUNT_LIMIT_REACHED', 'Too many accounts are linked', error.message);
    throw refused(CODES[error.code] ?? 'OAUTH_LINK_ERROR', 'Sign-in or linking is not allowed', error.message);
  }
}
