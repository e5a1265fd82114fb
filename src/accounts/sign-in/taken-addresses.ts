import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { aMomentLater } from '../../common/a-moment-later.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { Outbox } from '../../common/mail/outbox.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser, NewHostUser } from '../../common/ports/user-directory.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { VerificationOrders } from '../mails/verification-orders.js';
import { newId } from '../../common/new-id.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /**
     * A sign-up was tried with the address of this user, and was not told that it is taken: tell the user by mail. Comes at most three times
     * an hour for one user.
     */
    'sign-up.taken': { subjectId: string; ipAddress: string | null };
  }
}

type Draft = Omit<NewHostUser, 'password'>;

const NOTICE_SECONDS = 86_400;
const BY_OWNER: RateLimit = { name: 'sign-up-taken', max: 3, windowSeconds: 3_600 };

/** Sign-up with an address that is taken: strangers must not learn who has an account here (T121). */
@Injectable()
export class TakenAddresses {
  private readonly logger = new Logger('Accounts');

  constructor(
    private readonly ports: HostPorts,
    private readonly events: AuthEvents,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly orders: VerificationOrders,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Whether a sign-up starts a session, which by itself tells that the address was free. */
  get signsIn(): boolean {
    return this.settings.signUp.autoSignIn && !this.settings.requireEmailVerification;
  }

  /**
   * Where sign-up starts no session: a made-up user, answered as a new one is and as fast; only the owner of the address hears of it.
   * @throws AuthError 422 `USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL` where sign-up starts a session
   */
  async answer(draft: Draft, { address: ipAddress, userAgent }: Caller): Promise<HostUser> {
    if (this.signsIn) {
      throw new AuthError({
        status: 422,
        code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
        description: 'User already exists. Use another email.',
      });
    }
    aMomentLater(() => void this.tellOwner(draft.email, ipAddress));
    // Awaited, since the order of a new user's mail is.
    if (this.orders.atSignUp && (await this.orders.allowsAtSignUp(draft.email)))
      await this.outbox.order({
        kind: 'sign-up-taken',
        subject: draft.email,
        facts: { ipAddress, userAgent },
        usefulSeconds: NOTICE_SECONDS,
      });
    const now = this.clock.now();
    return this.shown({ id: newId(), ...draft, createdAt: now, updatedAt: now });
  }

  /**
   * What a sign-up without a session shows of its user: nothing that tells a real user from a made-up one. The format of ids of the host's own
   * users is not known here, so both get a random id.
   */
  shown({ id, name, email, emailVerified, image, createdAt, updatedAt }: HostUser): HostUser {
    const isOurs = this.settings.users === null;
    return { id: isOurs ? id : newId(), name, email, emailVerified, image: image ?? null, createdAt, updatedAt };
  }

  private async tellOwner(email: string, ipAddress: string | null): Promise<void> {
    try {
      const owner = await this.ports.users.get().findByEmail(email);
      if (!owner) return;
      await this.limits.consume(BY_OWNER, owner.id);
      this.events.emit('sign-up.taken', { subjectId: owner.id, ipAddress });
    } catch (error) {
      if (error instanceof AuthError && error.status === 429) return;
      this.logger.error(`The owner of an address was not told of a sign-up: ${String(error)}`);
    }
  }
}
