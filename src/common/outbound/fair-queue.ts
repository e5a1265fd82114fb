import { InFlight } from './in-flight.js';

/** For whom a job runs, and which host it calls. */
export interface Share {
  readonly party: string;
  readonly host: string;
  /** The host has answered before. Some places are reserved for such hosts, so that hosts that keep us waiting cannot take them all. */
  readonly isProven: boolean;
}

export interface FairQueueLimits {
  readonly total: number;
  readonly unproven: number;
  /** For one party, and for one host. */
  readonly perName: number;
  readonly waiting: number;
  readonly waitingPerParty: number;
  /** A job that has waited this long is refused. */
  readonly waitMilliseconds: number;
}

interface Waiter {
  readonly share: Share;
  readonly start: () => void;
}

/** The queue is full, or the job has waited in it too long. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

/** Runs a few jobs at a time; waiting jobs start in turns, one of each party. */
export class FairQueue {
  private readonly running: InFlight;
  private unproven = 0;
  /** Waiting jobs by party, in the order in which parties are served. */
  private readonly waiting = new Map<string, Waiter[]>();
  private waitingCount = 0;

  constructor(private readonly limits: FairQueueLimits) {
    this.running = new InFlight(limits);
  }

  /** @throws QueueFull, or what the job throws */
  async run<T>(share: Share, job: () => Promise<T>): Promise<T> {
    if (this.hasRoom(share)) this.enter(share);
    else await this.wait(share);
    try {
      return await job();
    } finally {
      this.leave(share);
      this.startWaiting();
    }
  }

  private hasRoom(share: Share): boolean {
    return (share.isProven || this.unproven < this.limits.unproven) && this.running.hasRoom(...namesOf(share));
  }

  private enter(share: Share): void {
    if (!share.isProven) this.unproven++;
    this.running.enter(...namesOf(share));
  }

  private leave(share: Share): void {
    if (!share.isProven) this.unproven--;
    this.running.leave(...namesOf(share));
  }

  private wait(share: Share): Promise<void> {
    const { party } = share;
    const line = this.waiting.get(party) ?? [];
    if (this.waitingCount >= this.limits.waiting || line.length >= this.limits.waitingPerParty) throw new QueueFull();
    return new Promise((start, refuse) => {
      const timer = setTimeout(() => {
        this.remove(party, waiter);
        refuse(new QueueFull());
      }, this.limits.waitMilliseconds);
      const waiter: Waiter = {
        share,
        start: () => {
          clearTimeout(timer);
          start();
        },
      };
      line.push(waiter);
      this.waiting.set(party, line);
      this.waitingCount++;
    });
  }

  private startWaiting(): void {
    for (const [party, line] of [...this.waiting]) {
      const next = line.find(({ share }) => this.hasRoom(share));
      if (!next) continue;
      this.remove(party, next);
      // Move the party to the end: the others have their turn first.
      if (line.length > 0) {
        this.waiting.delete(party);
        this.waiting.set(party, line);
      }
      this.enter(next.share);
      next.start();
    }
  }

  private remove(party: string, waiter: Waiter): void {
    const line = this.waiting.get(party);
    const index = line?.indexOf(waiter) ?? -1;
    if (!line || index < 0) return;
    line.splice(index, 1);
    this.waitingCount--;
    if (line.length === 0) this.waiting.delete(party);
  }
}

function namesOf({ party, host }: Share): [string, string] {
  return [`party ${party}`, `host ${host}`];
}
