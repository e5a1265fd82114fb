import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { JwtCodec } from '../../common/keys/jwt.codec.js';
import { answerAlgorithm } from '../clients/metadata/answer-algorithm.js';
import { isFormPost, isSignedMode } from '../clients/metadata/response-modes.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { AuthorizationResponse } from './authorization-response.js';

const RESPONSE_TYPE = 'JWT';
/** As long as a code by default. */
const LIFETIME_SECONDS = 60;
/** JARM 2.1 recommends no more; for a response behind a link, which a person has to follow. */
export const LINK_LIFETIME_SECONDS = 600;

/** A response as it is sent. */
export interface SentResponse {
  /** Query or form field names, and their values. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly redirectUri: string;
  readonly isFormPost: boolean;
  /** The parameters in the query of the redirect address. */
  readonly url: string;
}

/** The one place that makes of an authorization response what is sent: plain parameters, or one signed JWT that holds them (JARM). */
@Injectable()
export class AuthorizationResponses {
  constructor(
    private readonly codec: JwtCodec,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param options.asLink a person has to follow a link first
   * @throws AuthError 503 without signing keys
   */
  async send(response: AuthorizationResponse, options: { readonly asLink?: boolean } = {}): Promise<SentResponse> {
    const { redirectUri, responseMode, state } = response.parameters;
    // RFC 9207: `iss` names this server, with a code and with an error (T066). JARM 2.1: as a claim only, where there is a JWT.
    const plain = { ...response.result, ...(state !== null && { state }), iss: this.settings.issuer };
    const parameters = isSignedMode(responseMode)
      ? { response: await this.sign(response, plain, options.asLink ? LINK_LIFETIME_SECONDS : LIFETIME_SECONDS) }
      : plain;
    return { parameters, redirectUri, isFormPost: isFormPost(responseMode), url: urlOf(redirectUri, parameters) };
  }

  /** JARM 2.1. Without `sub` and `nonce`: it must not pass as an ID token. */
  private sign(
    { client }: AuthorizationResponse,
    parameters: Readonly<Record<string, string>>,
    lifetimeSeconds: number,
  ): Promise<string> {
    const exp = this.clock.epochSeconds() + lifetimeSeconds;
    return this.codec.signAnswer({
      type: RESPONSE_TYPE,
      algorithm: answerAlgorithm(client, 'authorization_signed_response_alg', this.settings.idTokenAlgorithms),
      claims: { ...parameters, aud: client.clientId, exp },
    });
  }
}

/** Adds the parameters to those of the address (RFC 6749 3.1.2), which stay as they are spelled. */
function urlOf(redirectUri: string, parameters: Readonly<Record<string, string>>): string {
  const separator = redirectUri.includes('?') ? '&' : '?';
  return `${redirectUri}${separator}${new URLSearchParams({ ...parameters }).toString()}`;
}
