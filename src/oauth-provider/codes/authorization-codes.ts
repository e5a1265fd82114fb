import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import type { Executor } from '../../common/database/database.js';
import { isWellFormedToken, mintToken } from '../../common/tokens/token-format.js';
import { namedClaims } from '../claims/claims-parameter.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, SUPPORTED_ACR, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { AuthorizationCodeStore, type AuthorizationCodeRow } from './authorization-code.store.js';
import type { AuthorizationParameters, BrowserUser } from './authorization-parameters.js';

const CODE_PREFIX = 'nacd';

/** Makes and finds codes; only their hashes are stored. */
@Injectable()
export class AuthorizationCodes {
  constructor(
    private readonly store: AuthorizationCodeStore,
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
      scopes: parameters.scopes,
      resources: parameters.resources,
      nonce: parameters.nonce,
      acr: SUPPORTED_ACR,
      amr: user.methods,
      claims: parameters.claims,
      authenticatedAt: user.authenticatedAt,
      lifetimeSeconds: this.settings.codeTtlSeconds,
      consentedClaims: needsConsent ? namedClaims(parameters.claims) : null,
    });
    return inserted ? code : null;
  }

  async find(code: string): Promise<AuthorizationCodeRow | null> {
    return isWellFormedToken(code, CODE_PREFIX) ? this.store.find(digestToBytes(sha256(code))) : null;
  }
}
