import { Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { isWellFormedToken } from '../../common/tokens/token-format.js';
import {
  DeviceAuthorizationStore,
  type DeviceGift,
  type PolledRow,
} from '../authorizations/device-authorization.store.js';
import { accessDenied, authorizationPending, expired, slowDown } from '../device.errors.js';
import { DEVICE_CODE_PREFIX } from '../issue/device-issuer.service.js';

/** An authorization that its user has approved, and that is not spent. */
export interface ApprovedDevice extends PolledRow {
  readonly subject: string;
  readonly session_id: string;
  readonly epoch: number;
}

/** Polls of waiting devices (RFC 8628 3.5). One statement per poll. */
@Injectable()
export class DevicePolling {
  constructor(private readonly store: DeviceAuthorizationStore) {}

  /**
   * Records a poll of an authenticated client. Checks in this order: client of the code, interval, expiry, the user's decision.
   * @returns what the user has approved
   * @throws AuthError 400 `invalid_grant`, `slow_down`, `expired_token`, `authorization_pending`, `access_denied`
   */
  async poll(deviceCode: string | undefined, clientId: string, gives: DeviceGift): Promise<ApprovedDevice> {
    if (deviceCode === undefined) throw AuthError.invalidRequest('device_code is missing');
    if (!isWellFormedToken(deviceCode, DEVICE_CODE_PREFIX)) throw AuthError.invalidGrant('device code: malformed');
    const row = await this.store.poll(digestToBytes(sha256(deviceCode)), clientId, gives);
    if (!row) throw AuthError.invalidGrant("device code: unknown, spent or another client's");
    if (row.polled_early) throw slowDown(row.poll_interval_seconds);
    if (row.expired) throw expired();
    if (row.status === 'pending') throw authorizationPending();
    if (row.status === 'denied') throw accessDenied();
    return row as ApprovedDevice;
  }

  /** Spends the code in the transaction that stores what it buys. @throws AuthError 400 `invalid_grant` when another poll won (T103) */
  async spend(tx: Transaction, { id }: ApprovedDevice): Promise<void> {
    if (!(await this.store.consume(tx, id))) throw spentBefore();
  }

  /** The same inside the statement that stores it. */
  spending({ id }: ApprovedDevice): StatementPart {
    return this.store.consuming(id);
  }
}

export function spentBefore(): AuthError {
  return AuthError.invalidGrant('device code: spent, expired or withdrawn');
}
