import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { OutboundFault } from '../../common/outbound/outbound-fault.js';
import { ClientDirectory } from '../clients/client-directory.js';
import type { RegisteredClient } from '../clients/registered-client.js';
import { LogoutDeliveryStore, MAX_ATTEMPTS, type DueDelivery } from './logout-delivery.store.js';
import { LogoutTokens } from './logout-tokens.js';

const POLL_MILLISECONDS = 5_000;
/** Deliveries under way at once in one process. */
const BATCH_ROWS = 20;
/** OIDC Back-Channel Logout 2.8; some frameworks answer 204 by themselves. */
const ACCEPTED = new Set([200, 204]);

/**
 * Sends logout tokens (OIDC Back-Channel Logout 2.5). What is to be sent is in a table, written with the end of the session; every node
 * looks there after its own commits and now and then, so that a token outlives the process that should have sent it.
 */
@Injectable()
export class LogoutDeliveries implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('LogoutDeliveries');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** Somebody kicked while a round was under way: it may have looked already. */
  private again = false;
  private stopped = true;
  /** Said once, not with every look into a database that is away; of one that was not there yet the host speaks itself. */
  private failing = true;

  constructor(
    private readonly store: LogoutDeliveryStore,
    private readonly directory: ClientDirectory,
    private readonly tokens: LogoutTokens,
    private readonly outbound: GuardedFetch,
  ) {}

  onApplicationBootstrap(): void {
    this.stopped = false;
    this.timer = setInterval(() => this.kick(), POLL_MILLISECONDS).unref();
    this.kick();
  }

  /** Before the host closes its connections. What is under way comes to its end, what is due stays for the next process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.settled();
  }

  /** When nothing is under way any more. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** Sends what is due, in the background. */
  kick(): void {
    this.again = true;
    if (this.stopped) return;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.again) this.kick();
    });
  }

  private async run(): Promise<void> {
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        const due = await this.store.claim(BATCH_ROWS);
        const outcomes = await Promise.allSettled(due.map((delivery) => this.attempt(delivery)));
        for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
        if (due.length === BATCH_ROWS) this.again = true;
      }
      this.failing = false;
    } catch (error) {
      this.report(error);
    }
  }

  /** @throws AuthError 503 when the database cannot answer; the row is due again when its lease ends */
  private async attempt(delivery: DueDelivery): Promise<void> {
    const client = await this.directory.find(delivery.client_id);
    const address = client?.metadata.backchannel_logout_uri;
    if (!client || address === undefined) return this.store.finish(delivery.id);
    const fault = await this.send(client, address, delivery);
    if (fault === null) return this.store.finish(delivery.id);
    if (await this.store.fail(delivery.id, fault))
      this.logger.warn(`client ${client.clientId} was not told of a logout in ${MAX_ATTEMPTS} attempts: ${fault}`);
  }

  /** @returns why it was not accepted; null: it was */
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

  /** The next look is the timer's: a database that is away is not asked again at once. */
  private report(error: unknown): void {
    this.again = false;
    const reason = (error instanceof AuthError && error.detail) || String(error);
    const message = `logout tokens wait: ${reason}`;
    if (this.failing) this.logger.debug(message);
    else this.logger.warn(message);
    this.failing = true;
  }
}
