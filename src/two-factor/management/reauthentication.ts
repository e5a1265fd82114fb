import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import type { Caller } from '../../common/ports/caller.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { TWO_FACTOR_SETTINGS, type TwoFactorSettings } from '../two-factor.options.js';

/** What a user shows before a factor becomes another. */
@Injectable()
export class Reauthentication {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly ladder: AcrLadder,
    private readonly clock: Clock,
    @Inject(TWO_FACTOR_SETTINGS) private readonly settings: TwoFactorSettings,
  ) {}

  /** Users of other ways to sign in have no password here. */
  async hasPassword({ id }: HostUser): Promise<boolean> {
    const users = this.ports.users.get();
    if (!users.verifyPassword) return false;
    return !users.passwordDates || (await users.passwordDates(id, this.database)) !== null;
  }

  /**
   * The password, counted as a sign-in attempt is; or a fresh session of who has none.
   * @throws AuthError 400 `INVALID_PASSWORD`, 403 `SESSION_NOT_FRESH`
   */
  async requirePassword(
    user: HostUser,
    principal: AuthPrincipal,
    password: string | undefined,
    caller: Caller,
  ): Promise<void> {
    if (!(await this.hasPassword(user))) return this.ports.sessions.get().requireFresh(principal);
    if (!password) throw AuthError.badRequest('INVALID_PASSWORD', 'Invalid password');
    await this.ports.credentialChanges.get().confirmPassword(user, password, caller);
  }

  /**
   * A second factor that this very session has shown, lately: a factor cannot be removed by who does not have it. As the row of the session
   * says, not a token made from it before.
   * @throws AuthError 401 `insufficient_user_authentication` (RFC 9470 3)
   */
  async requireSecondFactor({ sessionId }: AuthPrincipal): Promise<void> {
    const session = await this.database.transaction((tx) => this.ports.sessions.get().hold(tx, sessionId ?? ''));
    if (!session) throw AuthError.unauthenticated();
    const { stepUpAgeSeconds: maxAgeSeconds } = this.settings;
    const ageMilliseconds = this.clock.now().getTime() - session.authenticatedAt.getTime();
    if (session.methods.includes('mfa') && ageMilliseconds <= maxAgeSeconds * 1000) return;
    throw AuthError.insufficientUserAuthentication({ acrValues: [this.ladder.names[1]!], maxAgeSeconds });
  }
}
