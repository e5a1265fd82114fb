import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress, type HostUser, type NewHostUser } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { SpentJwtStore } from '../../common/tokens/spent-jwt.store.js';
import type { TokenClaims } from '../../common/issuers/claim-path.js';
import type { ForeignAccount } from '../../common/ports/linked-accounts.js';
import type { Assertion } from '../issuers/assertions.js';

/** Without characters that nobody sees. */
const NAME = /^[^\p{Cc}]{1,255}$/u;

/** Users who are made by their first assertion (ID-JAG 4.4: just in time). */
@Injectable()
export class Newcomers {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly spent: SpentJwtStore,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Makes the user and links the account, together. Of two assertions at once one makes the user, and the other finds them.
   * @throws AuthError 400 `invalid_grant` without a usable address, and when it is somebody else's; the host's veto
   */
  async admit(assertion: Assertion): Promise<HostUser> {
    const { account, claims, once } = assertion;
    // A replay must not bring back a user who was deleted since.
    if (once && (await this.spent.isSpent(once))) throw AuthError.invalidGrant('assertion: jti was used before');
    const email = addressOf(claims);
    if (email === null) throw AuthError.invalidGrant('assertion: it has no usable e-mail address for a new user');
    const users = this.ports.users.get();
    // Whoever has this address must link the account themselves (T112).
    if (await findByAddress(users, email)) return this.other(account);
    const draft = { email, emailVerified: claims['email_verified'] === true, name: nameOf(claims, email), image: null };
    await this.ports.signInFlow.get().requireMaySignUp(draft);
    return (await this.create({ ...draft, password: null }, account)) ?? this.other(account);
  }

  /** @returns null when the address was taken meanwhile */
  private async create(person: NewHostUser, account: ForeignAccount): Promise<HostUser | null> {
    const users = this.ports.users.get();
    const before = users.createIn ? null : ((await users.create?.(person)) ?? null);
    return this.database.transaction(async (tx) => {
      const user = users.createIn ? await users.createIn(tx, person) : before;
      if (!user) return null;
      await this.subjects.hold(tx, user.id);
      if (!(await this.ports.linkedAccounts.get().link(tx, account, user.id))) throw taken();
      tx.afterCommit(() => this.events.emit('user.created', { subjectId: user.id }));
      return user;
    });
  }

  /** The address is taken: by the same person, whom another assertion has made a moment ago, or by somebody else. */
  private async other(account: ForeignAccount): Promise<HostUser> {
    const owner = await this.ports.linkedAccounts.get().ownerOf(account);
    const user = owner === null ? null : await this.ports.users.get().find(owner);
    if (!user) throw taken();
    return user;
  }
}

function addressOf({ email }: TokenClaims): string | null {
  return typeof email === 'string' ? normaliseEmail(email) : null;
}

function nameOf({ name }: TokenClaims, email: string): string {
  return typeof name === 'string' && NAME.test(name) && name.isWellFormed() ? name : email.split('@', 1)[0]!;
}

function taken(): AuthError {
  return AuthError.invalidGrant('assertion: its e-mail address is that of another user');
}
