import { LRUCache } from 'lru-cache';
import { SingleFlight } from '../cache/single-flight.js';
import { FairQueue, QueueFull } from './fair-queue.js';
import type { GuardedFetch, GuardedRequestInit } from './guarded-fetch.js';
import { OutboundFault } from './outbound-fault.js';

export type OutsiderRequestInit = Pick<GuardedRequestInit, 'headers' | 'timeoutMilliseconds' | 'maxBytes'>;

/** What one address gave. */
type Outcome = { readonly response: Response } | { readonly fault: OutboundFault };

interface KnownAddress {
  /** Fetches that may still be made at once. */
  credit: number;
  creditAt: number;
  last: Outcome | null;
}

const LIMITS = { total: 24, unproven: 16, perName: 2, waiting: 256, waitingPerParty: 32, waitMilliseconds: 5_000 };
/** Of one address at once, and again in a second; in between the last answer serves once more. */
const BURST = 30;
const PER_SECOND = 2;
/** An answer that old serves nobody. */
const ANSWER_MILLISECONDS = 5_000;
const MAX_ADDRESSES = 200;
/** A host that let us wait in vain is left alone: so long at first, twice as long each time. */
const FIRST_REST_MILLISECONDS = 2_000;
const MAX_REST_MILLISECONDS = 60_000;
const MAX_HOSTS = 1_000;

/**
 * Fetches documents that outsiders have us fetch: request objects, key sets and sectors of clients. They share a few places of their own,
 * so that however many are asked for, and however long their servers take, our own calls (providers, outbound tokens, trusted issuers) go
 * out as before. Those of one moment for one address are one fetch (T096).
 */
export class OutsiderFetch {
  private readonly queue = new FairQueue(LIMITS);
  private readonly flights = new SingleFlight<Outcome>();
  private readonly addresses = new LRUCache<string, KnownAddress>({ max: MAX_ADDRESSES, ttl: ANSWER_MILLISECONDS });
  private readonly proven = new LRUCache<string, true>({ max: MAX_HOSTS });
  private readonly resting = new LRUCache<string, { until: number; milliseconds: number }>({ max: MAX_HOSTS });

  constructor(private readonly guarded: GuardedFetch) {}

  /**
   * As `GuardedFetch.fetch`, by GET.
   * @param party whose address it is: a client, or whoever registers one. Nobody's requests take the places of all the others
   * @throws OutboundFault, also `overloaded` when too many are asked for at once
   */
  async fetch(party: string, address: string, init: OutsiderRequestInit = {}): Promise<Response> {
    const key = `${init.headers?.['accept'] ?? ''} ${address}`;
    const outcome = await this.flights.run(key, () => this.keptOrAsked(key, address, party, init));
    if ('fault' in outcome) throw outcome.fault;
    // Each reader has a body of their own.
    return outcome.response.clone();
  }

  private async keptOrAsked(key: string, address: string, party: string, init: GuardedRequestInit): Promise<Outcome> {
    const kept = this.keptOf(key);
    if (kept) return kept;
    const outcome = await this.outcomeOf(address, party, init);
    const known = this.addresses.get(key);
    if (known) known.last = outcome;
    return outcome;
  }

  /** @returns null when the address may be asked; it then has one fetch less */
  private keptOf(key: string): Outcome | null {
    const now = performance.now();
    const known = this.addresses.get(key) ?? { credit: BURST, creditAt: now, last: null };
    const earned = ((now - known.creditAt) / 1_000) * PER_SECOND;
    known.credit = Math.min(BURST, known.credit + Math.max(earned, 0));
    known.creditAt = now;
    if (known.credit < 1 && known.last) return known.last;
    known.credit--;
    this.addresses.set(key, known);
    return null;
  }

  private async outcomeOf(address: string, party: string, init: GuardedRequestInit): Promise<Outcome> {
    try {
      const { host } = new URL(address);
      this.requireAwake(host);
      const share = { party, host, isProven: this.proven.has(host) };
      return { response: await this.queue.run(share, () => this.ask(address, host, init)) };
    } catch (error) {
      if (error instanceof OutboundFault) return { fault: error };
      if (error instanceof QueueFull) return { fault: new OutboundFault('overloaded', 'too many requests wait') };
      if (error instanceof TypeError) return { fault: new OutboundFault('address_refused', 'no http(s) address') };
      throw error;
    }
  }

  private async ask(address: string, host: string, init: GuardedRequestInit): Promise<Response> {
    // Others may have waited there in vain while this one had no place.
    this.requireAwake(host);
    try {
      const response = await this.guarded.fetch(address, init);
      this.resting.delete(host);
      this.proven.set(host, true);
      return response;
    } catch (error) {
      if (error instanceof OutboundFault && error.reason === 'timeout') this.letRest(host);
      throw error;
    }
  }

  private requireAwake(host: string): void {
    if (performance.now() < (this.resting.get(host)?.until ?? 0))
      throw new OutboundFault('timeout', `${host}: no answer in time, a short while ago`);
  }

  private letRest(host: string): void {
    this.proven.delete(host);
    const before = this.resting.get(host);
    const now = performance.now();
    // Two that waited at the same time are one experience.
    if (before && now < before.until) return;
    const milliseconds = before ? Math.min(before.milliseconds * 2, MAX_REST_MILLISECONDS) : FIRST_REST_MILLISECONDS;
    this.resting.set(host, { until: now + milliseconds, milliseconds });
  }
}
