import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { DeliveryLanes, type Place } from './delivery-lanes.js';
import { LogoutDeliveryStore, type DueClient, type DueDelivery } from './logout-delivery.store.js';
import { LogoutSender } from './logout.sender.js';

const POLL_MILLISECONDS = 5_000;
/** Clients that one look asks for. */
const MAX_DUE_CLIENTS = 500;
const CLIENTS_AT_ONCE = 20;

/**
 * Sends logout tokens (OIDC Back-Channel Logout 2.5). What is to be sent is in a table, written with the end of the session; every node
 * looks there after its own commits and now and then, so that a token outlives the process that should have sent it. Each look takes one
 * delivery of each client that has a place free, and each delivery that comes to its end brings about another look: nobody waits for others.
 */
@Injectable()
export class LogoutDeliveries implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('LogoutDeliveries');
  private readonly lanes = new DeliveryLanes();
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  /** Somebody kicked while a look was under way: it may have looked already. */
  private again = false;
  private stopped = true;
  /** Said once, not with every look into a database that is away. */
  private failing = false;
  private hasWorked = false;

  constructor(
    private readonly store: LogoutDeliveryStore,
    private readonly sender: LogoutSender,
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
    while (this.looking || this.underWay.size > 0) await Promise.all([this.looking, ...this.underWay]);
  }

  /** Sends what is due, in the background. */
  kick(): void {
    this.again = true;
    if (this.stopped) return;
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
      if (this.again) this.kick();
    });
  }

  /** Never fails. */
  private async look(): Promise<void> {
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        // More may be due to those who have been given something, as long as they have a place free.
        if (await this.startDue()) this.again = true;
      }
      this.failing = false;
      this.hasWorked = true;
    } catch (error) {
      this.report(error);
    }
  }

  /** @returns whether a delivery has been begun */
  private async startDue(): Promise<boolean> {
    if (this.lanes.room === 0) return false;
    let hasBegun = false;
    const due = await this.store.due(this.lanes.busyClients(), MAX_DUE_CLIENTS);
    // A few at a time: the first need not wait until the last has been looked at.
    for (let from = 0; from < due.length && this.lanes.room > 0; from += CLIENTS_AT_ONCE)
      if (await this.startOf(due.slice(from, from + CLIENTS_AT_ONCE))) hasBegun = true;
    return hasBegun;
  }

  private async startOf(clients: readonly DueClient[]): Promise<boolean> {
    const places = new Map<string, Place>();
    try {
      for (const { client_id: clientId, failures } of clients) {
        const place = this.lanes.take({ clientId, address: await this.sender.addressOf(clientId) }, failures);
        if (place) places.set(clientId, place);
      }
      const claimed = places.size === 0 ? [] : await this.store.claim([...places.keys()]);
      for (const delivery of claimed) {
        this.start(delivery, places.get(delivery.client_id)!);
        places.delete(delivery.client_id);
      }
      return claimed.length > 0;
    } finally {
      // Of clients whose deliveries another node has taken meanwhile.
      for (const place of places.values()) this.lanes.leave(place);
    }
  }

  private start(delivery: DueDelivery, place: Place): void {
    const work = this.sender
      .attempt(delivery)
      .then(
        (isDelivered) => {
          this.lanes.note(delivery.client_id, isDelivered);
          return true;
        },
        (error: unknown) => {
          this.report(error);
          return false;
        },
      )
      .then((hasWorked) => {
        this.lanes.leave(place);
        this.underWay.delete(work);
        // The next look is the timer's when the database is away: it is not asked again at once.
        if (hasWorked) this.kick();
      });
    this.underWay.add(work);
  }

  private report(error: unknown): void {
    this.again = false;
    const reason = (error instanceof AuthError && error.detail) || String(error);
    const message = `logout tokens wait: ${reason}`;
    // A database that has not been there yet is no loss; one that is away says so once.
    if (this.failing || !this.hasWorked) this.logger.debug(message);
    else this.logger.warn(message);
    this.failing = true;
  }
}
