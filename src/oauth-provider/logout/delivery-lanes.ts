import { LRUCache } from 'lru-cache';
import { InFlight } from '../../common/outbound/in-flight.js';

/** Where a delivery goes. */
export interface Destination {
  readonly clientId: string;
  /** Null: the client no longer wants to be told. */
  readonly address: string | null;
}

/** A place that a delivery has taken. */
export interface Place {
  readonly lane: Lane;
  readonly names: readonly string[];
}

type Lane = 'proven' | 'new' | 'slow';

const TOTAL = 64;
const PER_CLIENT_AND_HOST = 2;
/** Clients that have not answered yet, or keep failing, leave room for those that answer. */
const MAX_OF_LANE: Readonly<Record<Lane, number>> = { proven: TOTAL, new: 48, slow: 8 };
/** Failures in a row after which a client counts as slow. */
const SLOW_AFTER = 2;
const MAX_CLIENTS = 10_000;
const CLIENT = 'client ';

/**
 * Says which deliveries may run in this process at once: two per client, two per host, and a few in all for clients that keep failing, so
 * that slow clients do not delay the others.
 */
export class DeliveryLanes {
  private readonly running = new InFlight({ total: TOTAL, perName: PER_CLIENT_AND_HOST });
  private readonly ofLane: Record<Lane, number> = { proven: 0, new: 0, slow: 0 };
  /** Failures in a row by client id; 0: the last delivery succeeded. */
  private readonly failures = new LRUCache<string, number>({ max: MAX_CLIENTS });

  get room(): number {
    return TOTAL - this.running.size;
  }

  /** Ids of the clients that have used up their places. */
  busyClients(): string[] {
    return this.running.full().flatMap((name) => (name.startsWith(CLIENT) ? [name.slice(CLIENT.length)] : []));
  }

  /** @param failed attempts that failed, in any process. @returns null when no place is free */
  take({ clientId, address }: Destination, failed: number): Place | null {
    const lane = this.laneOf(clientId, failed);
    const host = address !== null && URL.canParse(address) ? [`host ${new URL(address).host}`] : [];
    const names = [`${CLIENT}${clientId}`, ...host];
    if (this.ofLane[lane] >= MAX_OF_LANE[lane] || !this.running.hasRoom(...names)) return null;
    this.ofLane[lane]++;
    this.running.enter(...names);
    return { lane, names };
  }

  leave({ lane, names }: Place): void {
    this.ofLane[lane]--;
    this.running.leave(...names);
  }

  note(clientId: string, isDelivered: boolean): void {
    this.failures.set(clientId, isDelivered ? 0 : (this.failures.get(clientId) ?? 0) + 1);
  }

  private laneOf(clientId: string, failed: number): Lane {
    const known = this.failures.get(clientId);
    if (Math.max(known ?? 0, failed) >= SLOW_AFTER) return 'slow';
    return known === 0 ? 'proven' : 'new';
  }
}
