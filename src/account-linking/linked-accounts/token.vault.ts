import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../common/secrets/secret-box.js';
import type { ProviderTokens } from '../providers/provider.client.js';
import type { LinkedAccountRow, SealedTokens } from './linked-account.store.js';

/** Tokens of a provider, as stored encrypted. */
export interface KeptTokens {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly idToken: string | null;
}

/** Seals and opens provider tokens; what is sealed is bound to its account. */
@Injectable()
export class TokenVault {
  constructor(private readonly box: SecretBox) {}

  /** Null when there are none, or they were sealed under a secret that has been removed. */
  open(row: Pick<LinkedAccountRow, 'id' | 'tokens'>): KeptTokens | null {
    const text = row.tokens && this.box.open(row.tokens, contextOf(row.id));
    return text ? (JSON.parse(text) as KeptTokens) : null;
  }

  /**
   * @param asked the requested scopes, for providers that do not say what they granted
   * @param before the row as stored: without a new refresh token the old one stays in use (RFC 6749 6)
   */
  seal(id: string, tokens: ProviderTokens, asked: readonly string[], before: LinkedAccountRow | null): SealedTokens {
    const old = before && this.open(before);
    const kept: KeptTokens = {
      accessToken: tokens.accessToken ?? old?.accessToken ?? null,
      refreshToken: tokens.refreshToken ?? old?.refreshToken ?? null,
      idToken: tokens.idToken ?? old?.idToken ?? null,
    };
    // An ID token that came alone says nothing about the stored access token, whose scopes and expiry stay.
    const keptAccess = tokens.accessToken === null && kept.accessToken !== null ? before : null;
    return {
      box: this.box.seal(JSON.stringify(kept), contextOf(id)),
      scopes: keptAccess?.scopes ?? tokens.scopes ?? asked,
      accessExpiresInSeconds: keptAccess ? secondsLeft(keptAccess) : tokens.accessExpiresInSeconds,
      refreshExpiresInSeconds:
        tokens.refreshExpiresInSeconds ?? (tokens.refreshToken ? null : remainingSeconds(before)),
    };
  }
}

function secondsLeft({ access_remaining_ms: milliseconds }: LinkedAccountRow): number | null {
  return milliseconds === null ? null : Math.max(0, Math.floor(milliseconds / 1000));
}

function remainingSeconds(before: LinkedAccountRow | null): number | null {
  const at = before?.refresh_expires_at;
  return at ? Math.max(0, Math.floor((at.getTime() - Date.now()) / 1000)) : null;
}

function contextOf(id: string): string {
  return `linked-account:${id}`;
}
