import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Grant, GrantRequest } from '../../common/grants/grant.js';
import type { TokenResponse } from '../../common/ports/authorization-server.js';
import type { SenderProof } from '../../common/ports/sender-proof.js';
import { isSameConfirmation } from '../../common/principal/confirmation.js';
import { signInFacts } from '../../common/tokens/sign-in-facts.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { narrowDetails } from '../authorization-details/narrow-details.js';
import { readAuthorizationDetails } from '../authorization-details/read-authorization-details.js';
import { AuthorizationCodes } from '../codes/authorization-codes.js';
import { AuthorizationCodeStore, type AuthorizationCodeRow } from '../codes/authorization-code.store.js';
import { isCodeVerifier, verifierMatches } from '../codes/pkce.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { laterResources } from './client-resources.js';
import { ClientTokens } from './client-tokens.js';

/** RFC 6749 4.1.3 with RFC 7636 4.5. */
@Injectable()
export class AuthorizationCodeGrant implements Grant<RegisteredClient> {
  readonly grantType = 'authorization_code';
  readonly isForUsers = true;
  readonly parameters = ['code', 'redirect_uri', 'code_verifier', 'authorization_details'];

  constructor(
    private readonly database: Database,
    private readonly codes: AuthorizationCodes,
    private readonly store: AuthorizationCodeStore,
    private readonly tokens: ClientTokens,
    private readonly revoker: TokenRevoker,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * Client, redirect address and verifier are checked first, so that only its owner can spend the code. Tokens are signed before the
   * statement that holds user and session, spends the code and stores the tokens, all or nothing (ADR 11).
   */
  async handle({ client, parameters, resources, sender }: GrantRequest<RegisteredClient>): Promise<TokenResponse> {
    const { code, redirect_uri: redirectUri, code_verifier: verifier } = parameters;
    if (code === undefined) throw AuthError.invalidRequest('code is missing');
    const row = await this.codes.find(code);
    requireOwner(row, client.clientId);
    requireRedirect(row, redirectUri);
    requireVerifier(row, verifier);
    requireKey(row, sender);
    if (row.consumed) return this.refuseReplay(row);
    if (row.expired) throw AuthError.invalidGrant('the code has expired');
    const { granted, chosen } = this.resourcesOf(row, client, resources);
    const details = row.authorization_details ?? [];
    const asked = await readAuthorizationDetails(
      parameters['authorization_details'],
      client,
      this.settings.authorizationDetailTypes,
    );
    const prepared = await this.tokens.prepare({
      client,
      subjectId: row.subject,
      subjectKind: 'user',
      sessionId: row.session_id,
      source: 'authorization_code',
      sourceId: row.id,
      scopes: row.scopes,
      resources: granted,
      accessResources: chosen,
      authorizationDetails: details,
      accessDetails: narrowDetails(details, asked),
      authenticatedAt: row.authenticated_at,
      sender,
      nonce: row.nonce,
      claims: row.claims,
      signIn: signInFacts({ methods: row.amr, acr: row.acr, roles: row.roles }),
      refreshable: true,
    });
    const run = prepared.isOneStatement ? 'single' : 'transaction';
    const response = await this.database[run]((tx) => prepared.store(tx, this.store.spending(row.id)));
    // Another request spent the code first.
    return response ?? this.refuseReplay(row);
  }

  /** RFC 8707 2.2: a subset of the grant. If the authorization request named none, any that the client may use with these scopes. */
  private resourcesOf(
    { resources: granted, scopes }: AuthorizationCodeRow,
    client: RegisteredClient,
    asked: readonly string[],
  ) {
    if (asked.length === 0) return { granted, chosen: granted };
    if (granted.length === 0) {
      const later = laterResources(client, asked, scopes, this.settings);
      return { granted: later, chosen: later };
    }
    if (!asked.every((one) => granted.includes(one)))
      throw AuthError.oauth('invalid_target', 'A resource was not granted');
    return { granted, chosen: [...new Set(asked)] };
  }

  /**
   * RFC 6749 4.1.2: a second use means that the code was copied. The tokens it bought end; that is committed before the refusal (T071). Only
   * for a request that is right in all else: whoever has merely seen the code in an address cannot end a good session (OAuth 2.1 7.5.2).
   */
  private async refuseReplay(row: AuthorizationCodeRow): Promise<never> {
    await this.database.transaction((tx) =>
      this.revoker.revoke(tx, { sourceId: row.id }, 'authorization code replayed'),
    );
    throw AuthError.invalidGrant('the code was spent before');
  }
}

function requireOwner(row: AuthorizationCodeRow | null, clientId: string): asserts row is AuthorizationCodeRow {
  if (!row) throw AuthError.invalidGrant('unknown code');
  if (row.client_id !== clientId) throw AuthError.invalidGrant("another client's code");
}

/**
 * RFC 6749 4.1.3: the token request repeats the `redirect_uri` of the authorization request. With a challenge it may leave it out, as clients
 * of OAuth 2.1 do (10.2): the verifier, which is checked in any case, shows that the code was not injected. What is sent must be right.
 */
function requireRedirect(row: AuthorizationCodeRow, redirectUri: string | undefined): void {
  if (redirectUri === undefined && (!row.redirect_uri_given || row.code_challenge !== null)) return;
  if (redirectUri !== row.redirect_uri)
    throw AuthError.invalidGrant('redirect_uri is not that of the authorization request');
}

/** RFC 9449 10: a code that was asked for by a key is good with it only. */
function requireKey({ dpop_jkt: thumbprint }: AuthorizationCodeRow, { confirmation }: SenderProof): void {
  if (thumbprint === null || isSameConfirmation({ jkt: thumbprint }, confirmation)) return;
  throw AuthError.invalidGrant('the code is bound to another key');
}

/** RFC 7636 4.6. A verifier without a challenge means that an attacker removed the challenge (RFC 9700 4.8.2). */
function requireVerifier(row: AuthorizationCodeRow, verifier: string | undefined): void {
  if (verifier !== undefined && !isCodeVerifier(verifier))
    throw AuthError.invalidRequest('code_verifier is no verifier (RFC 7636 4.1)');
  if (row.code_challenge === null && verifier !== undefined)
    throw AuthError.invalidGrant('a verifier without a challenge');
  if (row.code_challenge === null) return;
  if (verifier === undefined || !verifierMatches(verifier, row.code_challenge))
    throw AuthError.invalidGrant('the verifier is missing or wrong');
}
