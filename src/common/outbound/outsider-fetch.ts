import { LRUCache } from 'lru-cache';
import { SingleFlight } from '../cache/single-flight.js';
import { FairQueue, QueueFull } from './fair-queue.js';
import type { GuardedFetch, GuardedRequestInit } from './guarded-fetch.js';
import { OutboundFault } from './outbound-fault.js';

export type OutsiderRequestInit = Pick<GuardedRequestInit, 'headers' | 'timeoutMilliseconds' | 'maxBytes'>;

/** The result of fetching one address. */
type FetchResult = { readonly response: Response } | { readonly fault: OutboundFault };

interface KnownAddress {
  /** Fetches that may still be made at once. */
  credit: number;
  creditAt: number;
  last: FetchResult | null;
}

const LIMITS = { total: 24, unproven: 16, perName: 2, waiting: 256, waitingPerParty: 32, waitMilliseconds: 5_000 };
/** Fetches of one address in a burst, and how many more each second adds; beyond that the last result is reused. */
const BURST = 30;
const PER_SECOND = 2;
/** A result older than this is not reused. */
const ANSWER_MILLISECONDS = 5_000;
const MAX_ADDRESSES = 200;
/** A host that timed out is not asked for this long, and twice as long after each further time-out. */
const FIRST_REST_MILLISECONDS = 2_000;
const MAX_REST_MILLISECONDS = 60_000;
const MAX_HOSTS = 1_000;

/**
 * Fetches documents at addresses that clients name: request objects, key sets and sectors. These fetches share a few places of their own,
 * so that our own calls (providers, outbound tokens, trusted issuers) never wait for them, however many there are and however slow their
 * servers. Simultaneous fetches of one address are one request (T096).
 */
export class OutsiderFetch {
  private readonly queue = new FairQueue(LIMITS);
  private readonly flights = new SingleFlight<FetchResult>();
  private readonly addresses = new LRUCache<string, KnownAddress>({ max: MAX_ADDRESSES, ttl: ANSWER_MILLISECONDS });
  private readonly proven = new LRUCache<string, true>({ max: MAX_HOSTS });
  private readonly resting = new LRUCache<string, { until: number; milliseconds: number }>({ max: MAX_HOSTS });

  constructor(private readonly guarded: GuardedFetch) {}

  /**
   * As `GuardedFetch.fetch`, by GET.
   * @param party who named the address: a client, or the registrant of one. No party can take the places of all the others
   * @throws OutboundFault, also `overloaded` when too many fetches wait
   */
  async fetch(party: string, address: string, init: OutsiderRequestInit = {}): Promise<Response> {
    const key = `${init.headers?.['accept'] ?? ''} ${address}`;
    const result = await this.flights.run(key, () => this.keptOrAsked(key, address, party, init));
    if ('fault' in result) throw result.fault;
    // The response may be shared; a clone gives each caller its own body to read.
    return result.response.clone();
  }

  private async keptOrAsked(
    key: string,
    address: string,
    party: string,
    init: GuardedRequestInit,
  ): Promise<FetchResult> {
    const kept = this.keptOf(key);
    if (kept) return kept;
    const result = await this.resultOf(address, party, init);
    const known = this.addresses.get(key);
    if (known) known.last = result;
    return result;
  }

  /** @returns null when the address may be fetched; its credit is then one less */
  private keptOf(key: string): FetchResult | null {
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

  private async resultOf(address: string, party: string, init: GuardedRequestInit): Promise<FetchResult> {
    try {
      const { host } = new URL(address);
      this.requireAwake(host);
      const share = { party, host, isProven: this.proven.has(host) };
      return { response: await this.queue.run(share, () => this.ask(address, host, init)) };
    } catch (error) {
      if (error instanceof OutboundFault) return { fault: error };
      if (error instanceof QueueFull) return { fault: new OutboundFault('overloaded', 'too many requests wait') };
      if (error instanceof TypeError) return { fault: new OutboundFault('address_refused', 'not an http(s) address') };
      throw error;
    }
  }

  private async ask(address: string, host: string, init: GuardedRequestInit): Promise<Response> {
    // Checked again: while this fetch was queued, another may have timed out at the host.
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
    // Simultaneous time-outs count as one.
    if (before && now < before.until) return;
    const milliseconds = before ? Math.min(before.milliseconds * 2, MAX_REST_MILLISECONDS) : FIRST_REST_MILLISECONDS;
    this.resting.set(host, { until: now + milliseconds, milliseconds });
  }
}
