import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { SingleFlight } from '../../common/cache/single-flight.js';
import { underLease } from '../../common/database/lease.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { accountNotFound, fromProviderFault } from '../account-linking.errors.js';
import { ACCOUNT_LINKING_SETTINGS, type AccountLinkingSettings } from '../account-linking.options.js';
import type { ProviderClient } from '../providers/provider.client.js';
import { LinkedAccountStore, type LinkedAccountRow } from './linked-account.store.js';
import { TokenVault } from './token.vault.js';

/** One refresh may ask the provider for metadata, token and key set, one after the other. */
const CALLS_PER_REFRESH = 3;
const FAILED = 'FAILED_TO_REFRESH_ACCESS_TOKEN';

/**
 * Refreshes an account's tokens once for all concurrent callers in all processes. The right to refresh is a lease in the row, so that no
 * connection is held while the provider works, and the lease of a process that dies runs out.
 */
@Injectable()
export class TokenRefresher {
  private readonly running = new SingleFlight<LinkedAccountRow>();

  constructor(
    private readonly store: LinkedAccountStore,
    private readonly vault: TokenVault,
    @Inject(ACCOUNT_LINKING_SETTINGS) private readonly settings: AccountLinkingSettings,
  ) {}

  /** @throws AuthError 400 `REFRESH_TOKEN_NOT_FOUND`, or `code` with 400 when the provider refuses, 502 when it fails */
  refresh(row: LinkedAccountRow, client: ProviderClient, code = FAILED): Promise<LinkedAccountRow> {
    return this.running.run(`${row.id} ${row.version}`, () => this.refreshOnce(row, client, code));
  }

  private refreshOnce(row: LinkedAccountRow, client: ProviderClient, code: string): Promise<LinkedAccountRow> {
    const leaseSeconds = this.settings.requestTimeoutSeconds * CALLS_PER_REFRESH + 1;
    return underLease({
      attempt: async (hasWaited) => {
        const current = hasWaited ? await this.current(row) : row;
        if (current.version !== row.version) return current;
        const { lease_remaining_ms: leaseMilliseconds } = current;
        // The lease was given back without new tokens: asking the provider again at once would not help.
        if (hasWaited && leaseMilliseconds === null) throw failed(code, 'the refresh of another caller failed');
        if (hasWaited && leaseMilliseconds !== null && leaseMilliseconds > 0) return null;
        const leaseId = uuid();
        const isTaken = await this.store.lease(row.id, row.version, leaseId, leaseSeconds);
        return isTaken ? this.exchange(row, client, leaseId, code) : null;
      },
      patienceMilliseconds: leaseSeconds * 1000,
      tooLate: () => failed(code, 'another process is refreshing and has not finished in time'),
    });
  }

  private async exchange(
    row: LinkedAccountRow,
    client: ProviderClient,
    leaseId: string,
    code: string,
  ): Promise<LinkedAccountRow> {
    try {
      const refreshToken = this.vault.open(row)?.refreshToken;
      if (!refreshToken) throw AuthError.badRequest('REFRESH_TOKEN_NOT_FOUND', 'Refresh token not found');
      const tokens = await client.refresh(refreshToken);
      const saved = await this.store.finish(row.id, leaseId, this.vault.seal(row.id, tokens, row.scopes, row));
      // The lease was lost: the account was unlinked, or a new sign-in brought tokens as well.
      return saved ?? (await this.current(row));
    } catch (error) {
      await this.store.release(row.id, leaseId);
      throw fromProviderFault(error, code, DESCRIPTION);
    }
  }

  /** @throws AuthError 400 `ACCOUNT_NOT_FOUND` when it was unlinked */
  private async current(row: LinkedAccountRow): Promise<LinkedAccountRow> {
    const [current] = await this.store.find(row.subject, { id: row.id });
    if (!current) throw accountNotFound();
    return current;
  }
}

const DESCRIPTION = 'Failed to refresh the access token';

function failed(code: string, detail: string): AuthError {
  return new AuthError({ status: 502, code, error: 'temporarily_unavailable', description: DESCRIPTION, detail });
}
