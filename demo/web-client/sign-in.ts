import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  discovery,
  fetchProtectedResource,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  WWWAuthenticateChallengeError,
  type Configuration,
} from 'openid-client';

export interface SignInOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Origin of the web client. */
  readonly origin: string;
}

/** Parameters of an authorization request that a challenge asks for. */
export type StepUpWish = Readonly<Partial<Record<'acr_values' | 'max_age', string>>>;

/** Kept until the browser returns. */
export interface PendingSignIn {
  readonly url: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

export interface SignedIn {
  readonly idToken: string;
  readonly accessToken: string;
  /** Claims from userinfo. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The answer of a guarded route of the demo to the access token. */
  readonly principal: unknown;
}

/** The flow of any OpenID Connect client: discovery, code with PKCE, userinfo, an API call, logout. */
export class SignIn {
  private configuration: Promise<Configuration> | undefined;

  constructor(private readonly options: SignInOptions) {}

  /** @param wish what an API has asked for (RFC 9470 4) */
  async begin(wish: StepUpWish = {}): Promise<PendingSignIn> {
    const configuration = await this.configured();
    const [verifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()];
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: `${this.options.origin}/callback`,
      scope: 'openid profile email read:data',
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...wish,
    });
    return { url: url.href, verifier, state, nonce };
  }

  /** @throws Error of the provider or the library; `AuthorizationResponseError` when the user has refused */
  async finish(callback: URL, pending: PendingSignIn): Promise<SignedIn> {
    const configuration = await this.configured();
    const tokens = await authorizationCodeGrant(configuration, callback, {
      pkceCodeVerifier: pending.verifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      idTokenExpected: true,
    });
    const { sub } = tokens.claims()!;
    const claims = await fetchUserInfo(configuration, tokens.access_token, sub);
    const api = await fetch(`${this.options.issuer}/whoami`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    return {
      idToken: tokens.id_token!,
      accessToken: tokens.access_token,
      claims,
      principal: await api.json(),
    };
  }

  /**
   * Calls a route of the demo that wants more than any sign-in.
   * @param path of the route
   * @returns null when it answers; otherwise what the user has to be signed in with once more (RFC 9470 3)
   */
  async missingFor({ accessToken }: SignedIn, path: string): Promise<StepUpWish | null> {
    const route = new URL(this.options.issuer + path);
    try {
      await fetchProtectedResource(await this.configured(), accessToken, route, 'GET');
      return null;
    } catch (error) {
      if (!(error instanceof WWWAuthenticateChallengeError)) throw error;
      // A token that has ended, as all do when their user sets a second factor up, asks for nothing but a new one.
      const faults = error.cause.map(({ parameters }) => parameters);
      const isOver = faults.some((fault) => fault.error === 'invalid_token');
      const weak = faults.find((fault) => fault.error === 'insufficient_user_authentication');
      if (!weak && !isOver) throw error;
      const { acr_values, max_age } = weak ?? {};
      return { ...(acr_values !== undefined && { acr_values }), ...(max_age !== undefined && { max_age }) };
    }
  }

  async signOutUrl(idToken: string): Promise<string> {
    const configuration = await this.configured();
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: `${this.options.origin}/` };
    return buildEndSessionUrl(configuration, parameters).href;
  }

  /** Discovers once, and again after a failure, since the provider may have been down. */
  private configured(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.options;
    this.configuration ??= discovery(new URL(issuer), clientId, clientSecret, undefined, {
      execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
    }).catch((error: unknown) => {
      this.configuration = undefined;
      throw error;
    });
    return this.configuration;
  }
}
