import { LRUCache } from 'lru-cache';
import { InFlight } from '../../common/outbound/in-flight.js';

/** Where a delivery goes. */
export interface Destination {
  readonly clientId: string;
  /** Null: the client wants to hear nothing any more. */
  readonly address: string | null;
}

/** A place that is taken. */
export interface Place {
  readonly lane: Lane;
  readonly names: readonly string[];
}

type Lane = 'proven' | 'new' | 'slow';

const TOTAL = 64;
const PER_CLIENT_AND_HOST = 2;
/** Those who have never answered, or not lately, leave room for those who do. */
const MAX_OF_LANE: Readonly<Record<Lane, number>> = { proven: TOTAL, new: 48, slow: 8 };
/** So many failures in a row are no accident. */
const SLOW_AFTER = 2;
const MAX_CLIENTS = 10_000;
const CLIENT = 'client ';

/**
 * Which deliveries may be under way in this process: two to a client and two to a host, and of clients that fail again and again a few in
 * all, so that nobody waits for those who let us wait.
 */
export class DeliveryLanes {
  private readonly running = new InFlight({ total: TOTAL, perName: PER_CLIENT_AND_HOST });
  private readonly ofLane: Record<Lane, number> = { proven: 0, new: 0, slow: 0 };
  /** Failures in a row; 0: the last one was delivered. */
  private readonly failures = new LRUCache<string, number>({ max: MAX_CLIENTS });

  get room(): number {
    return TOTAL - this.running.size;
  }

  /** Clients that have all the places that one may have. */
  busyClients(): string[] {
    return this.running.full().flatMap((name) => (name.startsWith(CLIENT) ? [name.slice(CLIENT.length)] : []));
  }

  /** @param failed attempts that were made in vain, by any process. @returns null when there is no place now */
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
