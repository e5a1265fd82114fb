import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { ClientSecrets, digest } from '../clients/client.secrets.js';
import { InitialAccessTokenStore, type InitialAccessTokenRow } from './initial-access-token.store.js';
import { newId } from '../../common/new-id.js';

export interface InitialAccessTokenView {
  readonly id: string;
  readonly name: string | null;
  /** Registrations left; null: any number. */
  readonly remainingUses: number | null;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
}

export interface NewInitialAccessTokenInput {
  readonly name?: string | undefined;
  /** Registrations it is good for. Default: any number. */
  readonly uses?: number | undefined;
  /** Default: no end. */
  readonly lifetimeSeconds?: number | undefined;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Tokens that let their holder register clients (RFC 7591 3).
 *
 * @example
 * const { token } = await app.get(InitialAccessTokens).create({ name: 'partner portal', lifetimeSeconds: 86_400 });
 */
@Injectable()
export class InitialAccessTokens {
  constructor(
    private readonly store: InitialAccessTokenStore,
    private readonly secrets: ClientSecrets,
  ) {}

  /** @returns with the token, shown this once only */
  async create(input: NewInitialAccessTokenInput): Promise<InitialAccessTokenView & { readonly token: string }> {
    const token = this.secrets.mintInitialAccessToken();
    const row = await this.store.insert({
      id: newId(),
      hash: digest(token),
      name: input.name ?? null,
      uses: input.uses ?? null,
      lifetimeSeconds: input.lifetimeSeconds ?? null,
    });
    return { ...toView(row), token };
  }

  /** Newest first. */
  async list(limit: number, offset: number): Promise<{ tokens: InitialAccessTokenView[]; total: number }> {
    const { rows, total } = await this.store.list(limit, offset);
    return { tokens: rows.map(toView), total };
  }

  /** Clients registered with it stay. @throws AuthError 404 */
  async revoke(id: string): Promise<void> {
    if (UUID.test(id) && (await this.store.delete(id))) return;
    throw AuthError.notFound('There is no such token');
  }
}

function toView(row: InitialAccessTokenRow): InitialAccessTokenView {
  return {
    id: row.id,
    name: row.name,
    remainingUses: row.remaining_uses,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  };
}
