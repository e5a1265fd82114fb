import { Injectable, Logger } from '@nestjs/common';
import { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { OutboundFault } from '../../common/outbound/outbound-fault.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { LogoutDeliveryStore, MAX_ATTEMPTS, type DueDelivery } from './logout-delivery.store.js';
import { LogoutTokens } from './logout-tokens.js';

/** OIDC Back-Channel Logout 2.8; some frameworks turn an empty 200 into 204. */
const ACCEPTED = new Set([200, 204]);

/** Makes one attempt at one delivery (OIDC Back-Channel Logout 2.5). */
@Injectable()
export class LogoutSender {
  private readonly logger = new Logger('LogoutDeliveries');

  constructor(
    private readonly store: LogoutDeliveryStore,
    private readonly directory: ClientDirectory,
    private readonly tokens: LogoutTokens,
    private readonly outbound: GuardedFetch,
  ) {}

  /** The client's `backchannel_logout_uri`; null: it has none, or the client no longer exists. */
  async addressOf(clientId: string): Promise<string | null> {
    return (await this.directory.find(clientId))?.metadata.backchannel_logout_uri ?? null;
  }

  /**
   * @returns whether the delivery is finished: accepted, or no longer wanted
   * @throws AuthError 503 when the database cannot answer; the row is due again when its lease ends
   */
  async attempt(delivery: DueDelivery): Promise<boolean> {
    const client = await this.directory.find(delivery.client_id);
    const address = client?.metadata.backchannel_logout_uri;
    const fault = client && address !== undefined ? await this.send(client, address, delivery) : null;
    if (fault === null) {
      await this.store.finish(delivery.id);
      return true;
    }
    if (await this.store.fail(delivery.id, fault))
      this.logger.warn(`client ${delivery.client_id} was not told of a logout in ${MAX_ATTEMPTS} attempts: ${fault}`);
    return false;
  }

  /** @returns why the client did not accept it; null when it did */
  private async send(client: RegisteredClient, address: string, delivery: DueDelivery): Promise<string | null> {
    const token = await this.tokens.sign(client, delivery.subject, delivery.session_id);
    try {
      const { status } = await this.outbound.fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'cache-control': 'no-store' },
        body: new URLSearchParams({ logout_token: token }),
      });
      return ACCEPTED.has(status) ? null : `status ${status}`;
    } catch (error) {
      if (error instanceof OutboundFault) return `${error.reason}: ${error.message}`;
      throw error;
    }
  }
}
