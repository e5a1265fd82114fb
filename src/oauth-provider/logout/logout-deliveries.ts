import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BACKGROUND_WORK } from '../../common/background.js';
import { DueWork } from '../../common/due-work.js';
import { DeliveryLanes, type Place } from './delivery-lanes.js';
import { LogoutDeliveryStore, type DueClient, type DueDelivery } from './logout-delivery.store.js';
import { LogoutSender } from './logout.sender.js';

/** Due clients that one run reads. */
const MAX_DUE_CLIENTS = 500;
const CLIENTS_AT_ONCE = 20;

/**
 * Sends logout tokens (OIDC Back-Channel Logout 2.5). Deliveries are rows, written in the transaction that ends the session. Each run starts
 * one delivery per client that has a free place, so that no client waits for another.
 */
@Injectable()
export class LogoutDeliveries implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly lanes = new DeliveryLanes();
  private readonly work = new DueWork(new Logger('LogoutDeliveries'), {
    waiting: 'logout tokens wait',
    startDue: () => this.startDue(),
  });

  constructor(
    private readonly store: LogoutDeliveryStore,
    private readonly sender: LogoutSender,
    @Optional() @Inject(BACKGROUND_WORK) private readonly inBackground: boolean = true,
  ) {}

  onApplicationBootstrap(): void {
    if (this.inBackground) this.work.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /** Resolves when no run and no delivery is under way. */
  async settled(): Promise<void> {
    await this.work.settled();
  }

  /** Starts the due deliveries, in the background. */
  kick(): void {
    this.work.kick();
  }

  private async startDue(): Promise<boolean> {
    if (this.lanes.room === 0) return false;
    let hasBegun = false;
    const due = await this.store.due(this.lanes.busyClients(), MAX_DUE_CLIENTS);
    // In batches, so that the first deliveries do not wait until the last client was looked up.
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
        this.begin(delivery, places.get(delivery.client_id)!);
        places.delete(delivery.client_id);
      }
      return claimed.length > 0;
    } finally {
      // Left over: places of clients whose deliveries another process has claimed.
      for (const place of places.values()) this.lanes.leave(place);
    }
  }

  private begin(delivery: DueDelivery, place: Place): void {
    const attempt = this.sender
      .attempt(delivery)
      .then((isDelivered) => this.lanes.note(delivery.client_id, isDelivered));
    this.work.begin(attempt, () => this.lanes.leave(place));
  }
}
