import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import type { Executor } from '../../common/database/database.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import { isWellFormedToken, mintToken } from '../../common/tokens/token-format.js';
import { namedClaims } from '../claims/claims-parameter.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { AuthorizationCodeStore, type AuthorizationCodeRow } from './authorization-code.store.js';
import type { AuthorizationParameters, BrowserUser } from './authorization-parameters.js';

const CODE_PREFIX = 'nacd';

/** Makes and finds codes; only their hashes are stored. */
@Injectable()
export class AuthorizationCodes {
  constructor(
    private readonly store: AuthorizationCodeStore,
    private readonly ladder: AcrLadder,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param executor the transaction that spends the request, or the database where nothing has to be spent
   * @param needsConsent whether it relies on a remembered consent
   * @returns null when none covers the request
   */
  async issue(
    executor: Executor,
    client: RegisteredClient,
    parameters: AuthorizationParameters,
    user: BrowserUser,
    needsConsent: boolean,
  ): Promise<string | null> {
    const code = mintToken(CODE_PREFIX);
    const inserted = await this.store.insert(executor, {
      hash: digestToBytes(sha256(code)),
      clientId: client.clientId,
      subjectId: user.subjectId,
      sessionId: user.sessionId,
      redirectUri: parameters.redirectUri,
      redirectUriGiven: parameters.redirectUriGiven,
      codeChallenge: parameters.codeChallenge,
      dpopKeyThumbprint: parameters.dpopKeyThumbprint ?? null,
      scopes: parameters.scopes,
      resources: parameters.resources,
      authorizationDetails: parameters.authorizationDetails?.length
        ? JSON.stringify(parameters.authorizationDetails)
        : null,
      nonce: parameters.nonce,
      acr: this.acrOf(user, parameters),
      amr: user.methods,
      roles: user.roles,
      claims: parameters.claims,
      authenticatedAt: user.authenticatedAt,
      lifetimeSeconds: client.rules.codeTtlSeconds,
      consentedClaims: needsConsent ? namedClaims(parameters.claims) : null,
    });
    return inserted ? code : null;
  }

  /** Of the wanted ones that are reached the most wanted: others than us compare names, and do not know our ladder (OIDC Core 5.5.1.1). */
  private acrOf({ acr: reached }: BrowserUser, { acr: wanted = [] }: AuthorizationParameters): string {
    if (wanted.includes(reached)) return reached;
    return wanted.find((one) => this.ladder.suffices(reached, [one])) ?? reached;
  }

  async find(code: string): Promise<AuthorizationCodeRow | null> {
    return isWellFormedToken(code, CODE_PREFIX) ? this.store.find(digestToBytes(sha256(code))) : null;
  }
}
