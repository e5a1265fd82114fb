import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  fetchProtectedResource,
  fetchUserInfo,
  refreshTokenGrant,
  type Configuration,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';
import { withoutNulls } from '../../common/outbound/foreign-json.js';
import { isScopeToken } from '../../common/principal/scopes.js';
import { IdTokenVerifier } from './id-token.verifier.js';
import { configure } from './provider-configuration.js';
import type { ConfigurationOptions } from './provider-fetch.js';
import { ProviderFault } from './provider-fault.js';
import type { ExternalProfile, ProviderClaims, ProviderSettings } from './provider.options.js';
import { requireUrl } from './provider.settings.js';
import { toProviderFault } from './to-provider-fault.js';

/** Tokens that a provider gave us. Lifetimes in seconds, from the token response on. */
export interface ProviderTokens {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly idToken: string | null;
  readonly accessExpiresInSeconds: number | null;
  readonly refreshExpiresInSeconds: number | null;
  /** Null: as requested. */
  readonly scopes: readonly string[] | null;
}

/** A person at a provider, identified by (issuer, subject), both non-empty (T113). */
export interface ExternalIdentity {
  readonly issuer: string;
  readonly profile: ExternalProfile;
  readonly claims: ProviderClaims;
}

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly scopes: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

export interface AuthorizationAnswer {
  readonly redirectUri: string;
  readonly state: string;
  readonly code: string;
  readonly iss: string | undefined;
  readonly nonce: string;
  readonly codeVerifier: string;
}

type TokenResponse = TokenEndpointResponse & TokenEndpointResponseHelpers;

const METADATA_LIFETIME_MILLISECONDS = 3_600_000;
const METADATA_RETRY_MILLISECONDS = 60_000;

/** We as a client of one provider. Holds neither user state nor a database connection. */
export class ProviderClient {
  private readonly idTokens: IdTokenVerifier;
  private configured: { promise: Promise<Configuration>; until: number } | undefined;

  constructor(
    readonly settings: ProviderSettings,
    private readonly options: ConfigurationOptions,
  ) {
    this.idTokens = new IdTokenVerifier(settings, options);
  }

  /** Where to send the user. @throws ProviderFault when the metadata cannot be read, or names no usable authorization endpoint */
  async authorizationUrl(request: AuthorizationRequest): Promise<string> {
    const parameters = await this.authorizationParameters(request);
    return this.guarded(async (configuration) => {
      // Nothing else has checked this part of the metadata, and a browser goes wherever it is sent.
      requireUrl('authorization_endpoint', configuration.serverMetadata().authorization_endpoint);
      return buildAuthorizationUrl(configuration, parameters).href;
    });
  }

  private async authorizationParameters(request: AuthorizationRequest): Promise<Record<string, string>> {
    const { settings } = this;
    const scope = [...new Set([...settings.scopes, ...request.scopes])].join(' ');
    return {
      ...settings.authorizationParams,
      ...request.parameters,
      redirect_uri: request.redirectUri,
      state: request.state,
      ...(scope !== '' && { scope }),
      ...(settings.discovery && { nonce: request.nonce }),
      ...(settings.responseMode === 'form_post' && { response_mode: 'form_post' }),
      ...(settings.pkce && {
        code_challenge: await calculatePKCECodeChallenge(request.codeVerifier),
        code_challenge_method: 'S256',
      }),
    };
  }

  /** Whether `iss` of an authorization response names another issuer, or is missing where it is required (RFC 9207 2.4). */
  async hasWrongIssuer(iss: string | undefined): Promise<boolean> {
    const metadata = (await this.configuration()).serverMetadata();
    const required = this.settings.requireIssuer ?? metadata.authorization_response_iss_parameter_supported === true;
    return iss === undefined ? required : iss !== metadata.issuer;
  }

  /** Redeems the code; checks `iss` and the ID token with signature, `aud`, `exp` and nonce. @throws ProviderFault */
  async exchange(answer: AuthorizationAnswer): Promise<{ tokens: ProviderTokens; idClaims: ProviderClaims | null }> {
    return this.guarded(async (configuration) => {
      const url = new URL(answer.redirectUri);
      url.searchParams.set('code', answer.code);
      url.searchParams.set('state', answer.state);
      if (answer.iss !== undefined) url.searchParams.set('iss', answer.iss);
      const response = await authorizationCodeGrant(configuration, url, {
        expectedState: answer.state,
        ...(this.settings.discovery && { expectedNonce: answer.nonce, idTokenExpected: true }),
        ...(this.settings.pkce && { pkceCodeVerifier: answer.codeVerifier }),
      });
      return { tokens: toTokens(response), idClaims: this.claimsOf(response) };
    });
  }

  /** Null claims count as absent, so that userinfo is asked for them. */
  private claimsOf(response: TokenResponse): ProviderClaims | null {
    const claims = this.settings.discovery ? response.claims() : undefined;
    return claims === undefined ? null : withoutNulls(claims);
  }

  /**
   * Whom the tokens are for: from the ID token, completed by userinfo where claims are missing. `extra`: what came beside it, e.g. Apple's name.
   * @throws ProviderFault also when there is no subject
   */
  async identify(
    accessToken: string | null,
    idClaims: ProviderClaims | null,
    extra: ProviderClaims = {},
    askUserInfo: 'always' | 'when incomplete' = 'when incomplete',
  ): Promise<ExternalIdentity> {
    const hasAll = idClaims?.['email'] !== undefined && idClaims['name'] !== undefined;
    const isComplete = hasAll && askUserInfo !== 'always';
    const info = isComplete || accessToken === null ? {} : await this.userInfo(accessToken, idClaims);
    // With `always` the ID token is an old one, so userinfo wins. `sub` is the same in both: `fetchUserInfo` checks it.
    const claims = askUserInfo === 'always' ? { ...extra, ...idClaims, ...info } : { ...extra, ...info, ...idClaims };
    const issuer = this.settings.discovery ? String(idClaims?.['iss'] ?? '') : this.settings.issuer;
    const profile = this.settings.toProfile(claims);
    if (issuer === '' || profile.subject === '') throw new ProviderFault('invalid', 'the provider names no subject');
    return { issuer, profile, claims };
  }

  /** @throws ProviderFault */
  async refresh(refreshToken: string): Promise<ProviderTokens> {
    return this.guarded(async (configuration) => toTokens(await refreshTokenGrant(configuration, refreshToken)));
  }

  /** Claims of an ID token that an app got by itself; null when this provider issues none. @throws ProviderFault when it is invalid */
  async verifyIdToken(token: string, nonce: string | undefined): Promise<ProviderClaims | null> {
    if (!this.settings.discovery) return null;
    return this.guarded(async (configuration) => {
      return withoutNulls(await this.idTokens.verify(token, nonce, configuration));
    });
  }

  private async userInfo(accessToken: string, idClaims: ProviderClaims | null): Promise<ProviderClaims> {
    return this.guarded(async (configuration) => {
      const { userinfo_endpoint } = configuration.serverMetadata();
      if (userinfo_endpoint === undefined) return {};
      if (this.settings.discovery) return fetchUserInfo(configuration, accessToken, String(idClaims?.['sub'] ?? ''));
      const claims = await this.readJson(configuration, accessToken, userinfo_endpoint);
      if (typeof claims !== 'object' || claims === null || Array.isArray(claims))
        throw new ProviderFault('invalid', 'the profile is not a JSON object');
      const { emailsUrl } = this.settings;
      const emails = emailsUrl === null ? {} : { emails: await this.readJson(configuration, accessToken, emailsUrl) };
      return { ...claims, ...emails };
    });
  }

  private async readJson(configuration: Configuration, accessToken: string, url: string): Promise<unknown> {
    const headers = new Headers({ accept: 'application/json', 'user-agent': 'nest-authority' });
    const response = await fetchProtectedResource(configuration, accessToken, new URL(url), 'GET', null, headers);
    if (response.status !== 200) throw new ProviderFault('refused', `the profile was answered with ${response.status}`);
    return response.json();
  }

  private async guarded<T>(call: (configuration: Configuration) => Promise<T>): Promise<T> {
    try {
      return await call(await this.configuration());
    } catch (error) {
      throw toProviderFault(error, this.settings.providerId);
    }
  }

  /** Read once, and again after an hour in the background, while callers use the old one. A first failure is not kept. */
  private configuration(): Promise<Configuration> {
    const known = this.configured;
    const now = performance.now();
    if (known && now < known.until) return known.promise;
    const promise = configure(this.settings, this.options).catch((error: unknown) => {
      if (this.configured?.promise === promise) this.configured = undefined;
      throw toProviderFault(error, this.settings.providerId);
    });
    const fresh = { promise, until: now + METADATA_LIFETIME_MILLISECONDS };
    if (!known) {
      this.configured = fresh;
      return promise;
    }
    this.configured = { ...known, until: now + METADATA_RETRY_MILLISECONDS };
    promise.then(
      () => (this.configured = fresh),
      (fault: ProviderFault) =>
        this.options.answers.say(this.settings.providerId, `old metadata is used: ${fault.kind}`),
    );
    return known.promise;
  }
}

function toTokens(response: TokenResponse): ProviderTokens {
  const refreshLifetime = response['refresh_token_expires_in'] ?? response['refresh_expires_in'];
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token ?? null,
    idToken: response.id_token ?? null,
    accessExpiresInSeconds: lifetimeOf(response.expires_in),
    refreshExpiresInSeconds: lifetimeOf(refreshLifetime),
    // GitHub separates scopes with commas. What is not a scope cannot be requested again, and perhaps not be stored (T003).
    scopes: response.scope === undefined ? null : response.scope.split(/[ ,]+/).filter(isScopeToken),
  };
}

/** Providers send anything: no lifetime, nonsense, or a million years. */
function lifetimeOf(value: unknown): number | null {
  const seconds = Number(value ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.floor(seconds), 0), 400 * 86_400) : null;
}
