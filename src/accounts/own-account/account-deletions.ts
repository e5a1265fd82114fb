import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { Outbox } from '../../common/mail/outbox.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { deleteUserPurpose } from '../mails/delete-user.mail.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { UserEnds } from '../users/user-ends.js';

const BY_USER: RateLimit = { name: 'delete-user-mail', max: 5, windowSeconds: 3_600 };

/** How users delete their own account: after a proof of who they are and, where the options want it, by a link to their address. */
@Injectable()
export class AccountDeletions {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly ends: UserEnds,
    private readonly sessions: SessionsService,
    private readonly signIns: SignInService,
    private readonly secrets: OneTimeSecrets,
    private readonly outbox: Outbox,
    private readonly limits: RateLimits,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Whether a link to the user's address is needed. */
  get needMail(): boolean {
    return this.settings.deleteUser.confirmByMail;
  }

  /**
   * Deletes the account, or sends the link that does.
   * @param callbackUrl where the link leads afterwards, checked; null: our page
   * @throws AuthError 400 `INVALID_PASSWORD`, 403 `SESSION_NOT_FRESH`, 429
   */
  async request(
    {
      principal,
      password,
      callbackUrl,
    }: { principal: AuthPrincipal; password: string | undefined; callbackUrl: string | null },
    caller: Caller,
  ): Promise<'deleted' | 'sent'> {
    const user = await this.ports.users.get().find(principal.subjectId);
    if (!user) throw AuthError.invalidToken('the user no longer exists');
    if (password === undefined) await this.sessions.requireFresh(principal);
    else await this.signIns.confirmPassword(user, password, caller);
    if (!this.needMail) {
      await this.ends.end(user.id, 'forgotten', { keepsOne: true });
      return 'deleted';
    }
    await this.limits.consume(BY_USER, user.id);
    const usefulSeconds = this.settings.deleteUser.lifetimeSeconds;
    await this.outbox.order({
      kind: 'delete-user',
      subject: user.id,
      facts: { email: user.email, callbackUrl },
      usefulSeconds,
    });
    return 'sent';
  }

  /**
   * Deletes the account by the link, in the user's own session.
   * @throws AuthError 404 `INVALID_TOKEN`, also for the link of somebody else, which stays good
   */
  async byLink({ subjectId }: AuthPrincipal, token: string): Promise<void> {
    const purpose = deleteUserPurpose(this.settings);
    const found = await this.secrets.readToken(purpose, token);
    if (found?.subject !== subjectId) throw invalidLink();
    const taken = await this.database.transaction((tx) => this.secrets.takeToken(tx, purpose, token));
    if (!taken) throw invalidLink();
    await this.ends.end(subjectId, 'forgotten', { keepsOne: true });
  }
}

function invalidLink(): AuthError {
  return new AuthError({ status: 404, code: 'INVALID_TOKEN', description: 'Invalid token' });
}
