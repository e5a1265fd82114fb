import { Injectable } from '@nestjs/common';
import { digestToBytes, randomBase62, randomBase64url, sha256 } from '../../common/crypto.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import type { Caller, HeaderBag } from '../../common/ports/caller.js';
import { challengeNotFound } from '../passkeys.errors.js';
import { ChallengeStore, type Ceremony } from './challenge.store.js';

/** As better-auth names it. */
const COOKIE = 'better-auth-passkey';
const CHALLENGE_BYTES = 32;
/** 43 characters of base62 carry 256 bits. */
const SECRET_LENGTH = 43;
/** How long a browser waits for its user, and the answer is taken. */
export const CEREMONY_SECONDS = 300;
/** A sign-in page waits for as long in the background, until somebody picks a passkey from the list of its field. */
const WAITING_SECONDS = 600;
/** Each is a row. Wide, since many people may share an address. */
const BY_ADDRESS: RateLimit = { name: 'passkey-challenge-address', max: 300, windowSeconds: 60 };

/** A challenge, and the cookie line that binds it to this browser. */
export interface OpenChallenge {
  /** Base64url, as in the options. */
  readonly challenge: string;
  readonly cookie: string;
}

/**
 * Challenges: each good for one answer, for some minutes, in the browser that asked, for one ceremony and where somebody is signed in for
 * that user. There is one cookie per browser, not per challenge, so that two tabs do not overwrite each other's.
 */
@Injectable()
export class Challenges {
  constructor(
    private readonly store: ChallengeStore,
    private readonly cookies: AuthCookies,
    private readonly limits: RateLimits,
  ) {}

  /** @throws AuthError 429 */
  async open(ceremony: Ceremony, subject: string | null, caller: Caller): Promise<OpenChallenge> {
    await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const browser = (await this.liveBrowser(caller.headers)) ?? randomBase62(SECRET_LENGTH);
    const challenge = randomBase64url(CHALLENGE_BYTES);
    await this.store.insert({
      challengeHash: digestToBytes(sha256(challenge)),
      browserHash: digestToBytes(sha256(browser)),
      ceremony,
      subject,
      lifetimeSeconds: ceremony === 'get' && subject === null ? WAITING_SECONDS : CEREMONY_SECONDS,
    });
    return { challenge, cookie: this.cookies.write(COOKIE, browser, WAITING_SECONDS) };
  }

  /**
   * Spends a challenge, whatever comes of its answer.
   * @returns the user for whom it was opened; null: anybody
   * @throws AuthError 400 `CHALLENGE_NOT_FOUND`
   */
  async spend(ceremony: Ceremony, challenge: string, headers: HeaderBag): Promise<string | null> {
    const browserHashes = this.browsers(headers).map(({ hash }) => hash);
    if (browserHashes.length === 0) throw challengeNotFound();
    const subject = await this.store.spend(digestToBytes(sha256(challenge)), browserHashes, ceremony);
    if (subject === undefined) throw challengeNotFound();
    return subject;
  }

  /** The cookie value of this browser, if a challenge is open for it. Any other value is not reused: an attacker may have set it. */
  private async liveBrowser(headers: HeaderBag): Promise<string | undefined> {
    const brought = this.browsers(headers);
    if (brought.length === 0) return undefined;
    const live = await this.store.findBrowser(brought.map(({ hash }) => hash));
    return live === null ? undefined : brought.find(({ hash }) => hash.equals(live))?.value;
  }

  /** Every value that the browser sends: there may be several under one name (RFC 6265 4.2.2). */
  private browsers(headers: HeaderBag): { readonly value: string; readonly hash: Buffer }[] {
    const values = this.cookies.values(headers, COOKIE);
    return values.map((value) => ({ value, hash: digestToBytes(sha256(value)) }));
  }
}
