import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { PendingAuthorization } from './authorization-flow.js';
import { AuthorizationRequestStore } from './authorization-request.store.js';
import { isRegistered } from './redirect-uri.js';
import { answeredBefore, expiredRequest, unknownRequest } from './request-errors.js';

/** A waiting request, with its client. */
export type WaitingAuthorization = PendingAuthorization & {
  readonly waiting: NonNullable<PendingAuthorization['waiting']>;
};

/** The requests that wait for their users, by the handle that pages carry. */
@Injectable()
export class WaitingAuthorizations {
  constructor(
    private readonly requests: AuthorizationRequestStore,
    private readonly directory: ClientDirectory,
  ) {}

  /** @throws AuthError 400 when there is no such request, or it was answered or has expired */
  async find(handle: string): Promise<WaitingAuthorization> {
    const pending = await this.lookUp(handle);
    const { row } = pending.waiting;
    if (row.answered) throw answeredBefore();
    if (row.expired) throw expiredRequest();
    return pending;
  }

  /** As `find`, for pages that only show the request. @returns null when it can no longer be answered */
  async findLive(handle: string): Promise<WaitingAuthorization | null> {
    return this.find(handle).catch((error: unknown) => {
      if (error instanceof AuthError && error.status < 500) return null;
      throw error;
    });
  }

  /** Also one that was answered or has expired. @throws AuthError 400 when there is no such request */
  async lookUp(handle: string): Promise<WaitingAuthorization> {
    const row = await this.requests.find(handle);
    const client = row && (await this.directory.find(row.client_id));
    // The client may have lost this redirect address meanwhile: then the browser must not be sent there.
    if (!row || !client || !isRegistered(row.parameters.redirectUri, client)) throw unknownRequest();
    return { client, parameters: row.parameters, waiting: { handle, row } };
  }
}
