import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BACKGROUND_WORK } from '../../common/background.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { DeliveryLanes, type Place } from './delivery-lanes.js';
import { LogoutDeliveryStore, type DueClient, type DueDelivery } from './logout-delivery.store.js';
import { LogoutSender } from './logout.sender.js';

const POLL_MILLISECONDS = 5_000;
/** Due clients that one run reads. */
const MAX_DUE_CLIENTS = 500;
const CLIENTS_AT_ONCE = 20;

/**
 * Sends logout tokens (OIDC Back-Channel Logout 2.5). Deliveries are rows, written in the transaction that ends the session. Every process
 * reads them after its own commits and every 5 seconds, so that a delivery survives the process that wrote it. Each run starts one delivery
 * per client that has a free place, and each finished delivery starts another run, so that no client waits for another.
 */
@Injectable()
export class LogoutDeliveries implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('LogoutDeliveries');
  private readonly lanes = new DeliveryLanes();
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** Another delivery came due while this run was reading. */
  private again = false;
  private stopped = true;
  /** The last run failed. An unreachable database is logged once, not with every run. */
  private failing = false;
  private hasWorked = false;

  constructor(
    private readonly store: LogoutDeliveryStore,
    private readonly sender: LogoutSender,
    @Optional() @Inject(BACKGROUND_WORK) private readonly inBackground: boolean = true,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.inBackground) return;
    this.stopped = false;
    this.timer = setInterval(() => this.kick(), POLL_MILLISECONDS).unref();
    this.kick();
  }

  /** Before the host closes its connections. Running deliveries finish; due ones stay for the next process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.settled();
  }

  /** Resolves when no run and no delivery is under way. */
  async settled(): Promise<void> {
    while (this.running || this.underWay.size > 0) await Promise.all([this.running, ...this.underWay]);
  }

  /** Starts the due deliveries, in the background. */
  kick(): void {
    this.again = true;
    if (this.stopped) return;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.again) this.kick();
    });
  }

  /** Never fails. */
  private async run(): Promise<void> {
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        // Clients that were just served may have more that is due, and a free place.
        if (await this.startDue()) this.again = true;
      }
      this.failing = false;
      this.hasWorked = true;
    } catch (error) {
      this.report(error);
    }
  }

  /** @returns whether a delivery was started */
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
        this.start(delivery, places.get(delivery.client_id)!);
        places.delete(delivery.client_id);
      }
      return claimed.length > 0;
    } finally {
      // Left over: places of clients whose deliveries another process has claimed.
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
        // When the database is unreachable, the timer starts the next run: do not ask again at once.
        if (hasWorked) this.kick();
      });
    this.underWay.add(work);
  }

  private report(error: unknown): void {
    this.again = false;
    const reason = (error instanceof AuthError && error.detail) || String(error);
    const message = `logout tokens wait: ${reason}`;
    // Debug level while the database has never answered; after that, one warning for each outage.
    if (this.failing || !this.hasWorked) this.logger.debug(message);
    else this.logger.warn(message);
    this.failing = true;
  }
}
