import { Injectable } from '@nestjs/common';
import { digestToBytes, randomBase62, sha256 } from '../../common/crypto.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { SecondFactorDue } from '../../common/ports/second-factor.js';
import type { SessionStart } from '../../common/ports/sessions.js';
import { ChallengeStore, type ChallengeRow } from './challenge.store.js';

const COOKIE = 'two_factor';
/** 256 bits. */
const TOKEN_LENGTH = 43;
const LIFETIME_SECONDS = 600;

/** Where a browser is asked for its second factor, and where it sets one up that it must have. */
export const CHALLENGE_PATH = '/two-factor';
export const ENROLMENT_PATH = '/two-factor/enrol';

/** What is asked for. */
export interface Asked {
  readonly methods: readonly string[];
  /** Nothing yet: a factor has to be set up. */
  readonly enrols: boolean;
}

/** Sign-ins between their first factor and their second. Whoever waits holds a token, in a cookie or in the answer; no session exists. */
@Injectable()
export class Challenges {
  constructor(
    private readonly store: ChallengeStore,
    private readonly cookies: AuthCookies,
    private readonly routes: AuthRoutes,
  ) {}

  async begin(
    tx: Transaction,
    subject: string,
    { epoch, rememberMe, methods = [] }: Omit<SessionStart, 'subjectId'>,
    asked: Asked,
  ): Promise<SecondFactorDue> {
    const token = randomBase62(TOKEN_LENGTH);
    const { enrols } = asked;
    const challenge = { subject, epoch, methods, remember: rememberMe, enrols, lifetimeSeconds: LIFETIME_SECONDS };
    await this.store.insert(tx, { hash: hashOf(token), ...challenge });
    return {
      isDue: true,
      body: {
        twoFactorRedirect: true,
        twoFactorMethods: asked.methods,
        twoFactorToken: token,
        ...(enrols && { code: 'TWO_FACTOR_ENROLMENT_REQUIRED' }),
      },
      // A sign-in through a provider comes back from another site.
      cookies: [this.cookies.write(COOKIE, token, LIFETIME_SECONDS, { returnsFromOtherSites: true })],
      pageUrl: (continueTo) => this.pageUrl(enrols ? ENROLMENT_PATH : CHALLENGE_PATH, continueTo),
    };
  }

  /** One of the two pages, root-relative. */
  pageUrl(path: string, continueTo: string): string {
    return `${this.routes.publicPathOf(path)}?${new URLSearchParams({ continue: continueTo })}`;
  }

  /** The sign-in that waits for this program. */
  ofToken(token: string): Promise<ChallengeRow | null> {
    return this.store.find(hashOf(token));
  }

  /** The sign-in that waits in this browser. */
  async ofBrowser(headers: HeaderBag): Promise<ChallengeRow | null> {
    for (const token of this.cookies.values(headers, COOKIE)) {
      const found = await this.ofToken(token);
      if (found) return found;
    }
    return null;
  }

  attempt({ hash }: ChallengeRow): Promise<boolean> {
    return this.store.attempt(hash);
  }

  /** It is alive, and has had all its attempts. */
  async isExhausted(hash: Buffer): Promise<boolean> {
    return (await this.store.find(hash))?.exhausted === true;
  }

  send({ hash }: ChallengeRow): Promise<boolean> {
    return this.store.send(hash);
  }

  spend(tx: Transaction, { hash }: ChallengeRow): Promise<boolean> {
    return this.store.spend(tx, hash);
  }

  /** What codes by mail for this sign-in are bound to. */
  keyOf({ hash }: ChallengeRow): string {
    return `challenge:${hash.toString('base64url')}`;
  }

  cleared(): string[] {
    return this.cookies.clear(COOKIE);
  }
}

function hashOf(token: string): Buffer {
  return digestToBytes(sha256(token));
}
