import { Inject, Injectable } from '@nestjs/common';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit, type RateLimitHit } from '../../common/limits/rate-limits.js';
import { Turns } from '../../common/limits/turns.js';
import type { UserCodeFormat } from '../authorizations/user-code.js';
import { DEVICE_SETTINGS, type DeviceSettings } from '../device.options.js';

/** T099: five wrong codes in the life of a code are one chance in 2^32 with the default alphabet (RFC 8628 5.1). */
const MAX_WRONG = 5;
/**
 * Of one address, behind which many users may stand: as many wrong codes as leave one chance in 2^28 to hit a code in its life, 95 of the default
 * alphabet. Whoever would use what they hit needs a session, and has five of them.
 */
const ADDRESS_CHANCE = 2 ** -28;
const [MIN_WRONG_OF_ADDRESS, MAX_WRONG_OF_ADDRESS] = [20, 100];
/** Of one user over all of their sessions: they may try again on another device, and new sessions do not help them forever. */
const MAX_WRONG_OF_ACCOUNT = 10;

export interface Guesser {
  readonly address: string | null;
  readonly subjectId?: string;
  readonly sessionId?: string;
}

/**
 * Wrong user codes are few by session and by account, and by address prefix of those who have no session; an address as a whole has a wide bound,
 * so that one guesser does not lock out all who share it. A right one is not counted, but only after it was found to be right:
 * guesses at the same moment would all pass a check that counts afterwards. `rateLimits: false` changes nothing here.
 */
@Injectable()
export class CodeAttempts {
  private readonly bySession: RateLimit;
  private readonly byAccount: RateLimit;
  private readonly byAddress: RateLimit;
  private readonly ofStrangers: RateLimit;
  /** A right code fills its place for as long as it is looked up: six users behind one address would refuse one another. */
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
   * @param look finds what the code stands for; null is a wrong guess
   * @throws AuthError 429 with `Retry-After`; nothing was looked up then
   */
  async counted<T>(guesser: Guesser, look: () => Promise<T | null>): Promise<T | null> {
    const counters = this.countersOf(guesser);
    return this.inTurn(counters, async () => {
      const hits = await this.count(counters);
      const found = await look();
      if (found !== null) await this.takeBack(hits);
      return found;
    });
  }

  /** Always in the order of the counters, so that no two wait for one another. */
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

  /** Where one counter is full, all are as they were: who is refused has not guessed. */
  private async count(counters: readonly [RateLimit, string][]): Promise<RateLimitHit[]> {
    // A flood is turned away by reading; nothing is written and no lock is waited for.
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
