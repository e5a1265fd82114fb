import { Inject, Injectable } from '@nestjs/common';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit, type RateLimitHit } from '../../common/limits/rate-limits.js';
import { Turns } from '../../common/limits/turns.js';
import type { UserCodeFormat } from '../authorizations/user-code.js';
import { DEVICE_SETTINGS, type DeviceSettings } from '../device.options.js';

/** T099: five wrong codes in the lifetime of a code are a chance of 2^-32 with the default alphabet (RFC 8628 5.1). */
const MAX_WRONG = 5;
/**
 * For one address, which many users may share: as many wrong codes as leave a chance of 2^-28 to hit a code in its lifetime, 95 with the
 * default alphabet. To use a code that was hit, an attacker needs a session, which has only five.
 */
const ADDRESS_CHANCE = 2 ** -28;
const [MIN_WRONG_OF_ADDRESS, MAX_WRONG_OF_ADDRESS] = [20, 100];
/** For one user over all their sessions: they may try again in a second one, but more sessions do not give more guesses. */
const MAX_WRONG_OF_ACCOUNT = 10;

export interface Guesser {
  readonly address: string | null;
  readonly subjectId?: string;
  readonly sessionId?: string;
}

/**
 * Limits wrong user codes: narrowly for a session, an account, and the address prefix of callers without a session; widely for the whole
 * address, so that one guesser does not lock out all who share it. A guess is counted before its code is looked up, and the count is taken
 * back if the code was right: simultaneous guesses would all pass a check that counts afterwards. `rateLimits: false` has no effect here.
 */
@Injectable()
export class CodeAttempts {
  private readonly bySession: RateLimit;
  private readonly byAccount: RateLimit;
  private readonly byAddress: RateLimit;
  private readonly ofStrangers: RateLimit;
  /** A right code counts while it is looked up: without turns, six users behind one address would refuse one another. */
  private readonly turns = new Turns();

  constructor(
    private readonly limits: RateLimits,
    @Inject(DEVICE_SETTINGS) { expiresInSeconds: windowSeconds, userCode }: DeviceSettings,
  ) {
    const bound = { windowSeconds, boundsGuesses: true } as const;
    this.bySession = { name: 'device-code-session', max: MAX_WRONG, ...bound };
    this.byAccount = { name: 'device-code-account', max: MAX_WRONG_OF_ACCOUNT, ...bound };
    this.ofStrangers = { name: 'device-code-stranger', max: MAX_WRONG, ...bound };
    this.byAddress = { name: 'device-code-address', max: maxWrongOfAddress(userCode), ...bound };
  }

  /**
   * @param find looks the code up; null is a wrong guess
   * @throws AuthError 429 with `Retry-After`; the code was not looked up then
   */
  async counted<T>(guesser: Guesser, find: () => Promise<T | null>): Promise<T | null> {
    const counters = this.countersOf(guesser);
    return this.inTurn(counters, async () => {
      const hits = await this.count(counters);
      const found = await find();
      if (found !== null) await this.takeBack(hits);
      return found;
    });
  }

  /** Always in the order of the counters, so that two callers never wait for each other. */
  private inTurn<T>([counter, ...others]: readonly [RateLimit, string][], job: () => Promise<T>): Promise<T> {
    if (!counter) return job();
    const [{ name }, key] = counter;
    return this.turns.take(`${name}:${key}`, () => this.inTurn(others, job));
  }

  private countersOf({ address, subjectId, sessionId }: Guesser): [RateLimit, string][] {
    const counters: [RateLimit, string][] = [];
    if (sessionId !== undefined) counters.push([this.bySession, sessionId]);
    if (subjectId !== undefined) counters.push([this.byAccount, subjectId]);
    if (sessionId === undefined) counters.push([this.ofStrangers, addressKey(address)]);
    counters.push([this.byAddress, addressKey(address)]);
    return counters;
  }

  /** When one counter is full, the others are restored: a refused caller has not guessed. */
  private async count(counters: readonly [RateLimit, string][]): Promise<RateLimitHit[]> {
    // Read first: a flood is refused without writes and without waiting for locks.
    for (const counter of counters) await this.limits.check(...counter);
    const hits: RateLimitHit[] = [];
    for (const counter of counters) {
      try {
        const hit = await this.limits.consumeForNow(...counter);
        if (hit) hits.push(hit);
      } catch (error) {
        await this.takeBack(hits);
        throw error;
      }
    }
    return hits;
  }

  private async takeBack(hits: readonly RateLimitHit[]): Promise<void> {
    for (const hit of hits) await this.limits.takeBack(hit);
  }
}

function maxWrongOfAddress({ alphabet, length }: UserCodeFormat): number {
  const within = Math.floor(alphabet.length ** length * ADDRESS_CHANCE);
  return Math.min(Math.max(within, MIN_WRONG_OF_ADDRESS), MAX_WRONG_OF_ADDRESS);
}
