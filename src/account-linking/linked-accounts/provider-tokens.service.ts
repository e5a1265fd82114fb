import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { accountNotFound, fromProviderFault } from '../account-linking.errors.js';
import type { ProviderClient } from '../providers/provider.client.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import type { ExternalProfile, ProviderClaims } from '../providers/provider.options.js';
import { LinkedAccountStore, type AccountSelector, type LinkedAccountRow } from './linked-account.store.js';
import { TokenRefresher } from './token.refresher.js';
import { TokenVault, type KeptTokens } from './token.vault.js';

export interface ProviderAccessToken {
  readonly accessToken: string;
  /** Absent: the provider does not say. */
  readonly accessTokenExpiresAt?: Date;
  readonly scopes: readonly string[];
  readonly idToken?: string;
}

export interface RefreshedTokens {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly accessTokenExpiresAt: Date | null;
  readonly refreshTokenExpiresAt: Date | null;
  readonly scope: string;
  readonly idToken: string | null;
  readonly providerId: string;
  readonly accountId: string;
}

export interface AccountInfo {
  readonly user: { id: string } & Omit<ExternalProfile, 'subject'>;
  /** The provider's claims, unchanged. */
  readonly data: ProviderClaims;
  readonly account: { readonly id: string; readonly providerId: string; readonly accountId: string };
}

/** An access token with less time left than this is refreshed first. */
const REFRESH_BELOW_MILLISECONDS = 5_000;

/**
 * Tokens that a user's providers gave us, for host code that calls them for the user, and for the routes.
 *
 * @example
 * const tokens = app.get(ProviderTokensService);
 * const { accessToken } = await tokens.accessToken('user-1', { providerId: 'github', accountId: null });
 * await fetch('https://api.github.com/user', { headers: { authorization: `Bearer ${accessToken}` } });
 */
@Injectable()
export class ProviderTokensService {
  constructor(
    private readonly store: LinkedAccountStore,
    private readonly vault: TokenVault,
    private readonly refresher: TokenRefresher,
    private readonly providers: ProviderDirectory,
  ) {}

  /**
   * A valid access token of one of the user's accounts, refreshed when fewer than 5 s remain.
   * @throws AuthError 400 `ACCOUNT_NOT_FOUND`, `PROVIDER_NOT_SUPPORTED`, `FAILED_TO_GET_ACCESS_TOKEN`; 502 when the provider fails
   */
  async accessToken(userId: string, which: AccountSelector): Promise<ProviderAccessToken> {
    const found = await this.require(userId, which);
    const { row, kept } = await this.live(found.row, found.client);
    return {
      accessToken: kept.accessToken,
      ...(row.access_expires_at && { accessTokenExpiresAt: row.access_expires_at }),
      scopes: row.scopes,
      ...(kept.idToken !== null && { idToken: kept.idToken }),
    };
  }

  /**
   * Refreshes now; concurrent callers cause one request to the provider.
   * @throws AuthError as `accessToken`, and 400 `REFRESH_TOKEN_NOT_FOUND`, `FAILED_TO_REFRESH_ACCESS_TOKEN`
   */
  async refresh(userId: string, which: AccountSelector): Promise<RefreshedTokens> {
    const { row, client } = await this.require(userId, which);
    const fresh = await this.refresher.refresh(row, client);
    const kept = this.vault.open(fresh);
    return {
      accessToken: kept?.accessToken ?? null,
      refreshToken: kept?.refreshToken ?? null,
      accessTokenExpiresAt: fresh.access_expires_at,
      refreshTokenExpiresAt: fresh.refresh_expires_at,
      scope: fresh.scopes.join(' '),
      idToken: kept?.idToken ?? null,
      providerId: fresh.provider_id,
      accountId: fresh.account_id,
    };
  }

  /** What the provider says about the user now. @throws AuthError as `accessToken` */
  async info(userId: string, which: AccountSelector): Promise<AccountInfo> {
    const found = await this.require(userId, which);
    const { row, kept } = await this.live(found.row, found.client);
    try {
      // The ID token was verified when it came. It may have expired since, but it is only read for who the user is.
      const idClaims = kept.idToken && found.client.settings.discovery ? claimsOf(kept.idToken) : null;
      const { profile, claims } = await found.client.identify(kept.accessToken, idClaims, {}, 'always');
      const { subject, ...user } = profile;
      return {
        user: { id: subject, ...user },
        data: claims,
        account: { id: row.id, providerId: row.provider_id, accountId: row.account_id },
      };
    } catch (error) {
      throw fromProviderFault(error, 'FAILED_TO_GET_USER_INFO', 'Failed to get user info');
    }
  }

  private async live(row: LinkedAccountRow, client: ProviderClient) {
    const kept = this.vault.open(row);
    const isExpiring = row.access_remaining_ms !== null && row.access_remaining_ms < REFRESH_BELOW_MILLISECONDS;
    if (kept?.accessToken && !isExpiring) return { row, kept: withAccess(kept) };
    if (!kept?.refreshToken) throw noAccessToken('no access token is valid, and there is no refresh token');
    const fresh = await this.refresher.refresh(row, client, 'FAILED_TO_GET_ACCESS_TOKEN');
    return { row: fresh, kept: withAccess(this.vault.open(fresh)) };
  }

  private async require(userId: string, which: AccountSelector) {
    const [row, ...more] = await this.store.find(userId, which);
    if (!row || more.length > 0) throw accountNotFound();
    const client = this.providers.find(row.provider_id);
    if (!client) throw AuthError.badRequest('PROVIDER_NOT_SUPPORTED', 'Provider not supported');
    return { row, client };
  }
}

function withAccess(kept: KeptTokens | null): KeptTokens & { accessToken: string } {
  if (!kept?.accessToken) throw noAccessToken('the provider gave no access token');
  return { ...kept, accessToken: kept.accessToken };
}

function noAccessToken(detail: string): AuthError {
  return AuthError.badRequest('FAILED_TO_GET_ACCESS_TOKEN', 'Failed to get a valid access token', detail);
}

function claimsOf(idToken: string): ProviderClaims {
  return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8')) as ProviderClaims;
}
