import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { AuthContext } from '../../common/ports/auth-context.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { PendingAuthorization } from './authorization-flow.js';
import {
  AuthorizationRequestStore,
  type AuthorizationRequestRow,
  type StoredRequest,
} from './authorization-request.store.js';
import { isRegistered } from './redirect-uri.js';
import { answeredBefore, expiredRequest, ofRequestUri, unknownRequest } from './request-errors.js';

/** Every waiting request is a row, which needs no credential. Wide, since a whole office may share one address. */
const BY_ADDRESS: RateLimit = { name: 'authorize-address', max: 120, windowSeconds: 60 };
/** A client that has proven itself is not refused for what others ask for from its address. */
const PUSHED_BY_CLIENT: RateLimit = { name: 'push-client', max: 6_000, windowSeconds: 60 };
/** How long a request may wait for a sign-in: short, since no user stands behind it yet. */
const SIGN_IN_SECONDS = 1_800;

type Requested = Pick<PendingAuthorization, 'client' | 'parameters'>;

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
    private readonly limits: RateLimits,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * Stores a request that a browser has brought.
   * @param isKnown whether its user is
   * @throws AuthError 429 when too many requests from one address had to wait
   */
  async store({ client, parameters }: Requested, isKnown: boolean): Promise<StoredRequest> {
    await this.limitAddress();
    return this.requests.insert(client.clientId, parameters, this.lifetimeOf(isKnown));
  }

  /**
   * Stores a request that its client has pushed. Anybody can say that they are a public client; the others have proven themselves.
   * @param lifetimeSeconds until a browser must have opened it
   * @throws AuthError 429 when too many came from one address, or from one client that has proven itself
   */
  async push({ client, parameters }: Requested, lifetimeSeconds: number): Promise<StoredRequest> {
    if (client.isPublic) await this.limitAddress();
    else await this.limits.consume(PUSHED_BY_CLIENT, client.clientId);
    return this.requests.push(client.clientId, parameters, lifetimeSeconds);
  }

  /** @throws AuthError 400 when there is no such request, or it was answered or has expired */
  async find(handle: string): Promise<WaitingAuthorization> {
    const pending = await this.lookUp(handle);
    const fault = endOf(pending.waiting.row);
    if (fault) throw fault;
    return pending;
  }

  /**
   * Opens a pushed request; opened again before its answer, it goes on where it was (RFC 9126 7.3). Nothing is spent: a reload, the way back
   * and a preview of the link do no harm.
   * @param isKnown whether its user is
   * @throws AuthError 400 `invalid_request_uri` when there is no such request, it is another client's, it was answered or has expired
   */
  async open(handle: string, client: RegisteredClient, isKnown: boolean): Promise<WaitingAuthorization> {
    const row = await this.requests.findPushed(handle);
    if (row?.client_id !== client.clientId || !isRegistered(row.parameters.redirectUri, client))
      throw ofRequestUri(unknownRequest());
    const fault = endOf(row);
    if (fault) throw ofRequestUri(fault);
    const opened = row.opened_at === null ? await this.requests.open(row.id, this.lifetimeOf(isKnown)) : row;
    // Null: another request has opened it first, or it has just ended.
    if (opened === null) return this.open(handle, client, isKnown);
    return { client, parameters: opened.parameters, waiting: { handle, row: opened } };
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
    if (!row?.opened_at || !client || !isRegistered(row.parameters.redirectUri, client)) throw unknownRequest();
    return { client, parameters: row.parameters, waiting: { handle, row } };
  }

  private async limitAddress(): Promise<void> {
    await this.limits.consume(BY_ADDRESS, addressKey(AuthContext.requestContext?.address()));
  }

  private lifetimeOf(isKnown: boolean): number {
    const { requestTtlSeconds } = this.settings;
    return isKnown ? requestTtlSeconds : Math.min(requestTtlSeconds, SIGN_IN_SECONDS);
  }
}

function endOf({ answered, expired }: AuthorizationRequestRow): AuthError | null {
  if (answered) return answeredBefore();
  return expired ? expiredRequest() : null;
}
