import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import { requireInPerson } from '../../common/principal/impersonation.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import type { PasskeyOwner } from './passkey.changes.js';

/**
 * Who may add and remove passkeys. A passkey signs in without a second factor, so whoever has to show one at a sign-in has shown it in this
 * very session: else the first factor alone would get past it, by a passkey of its own.
 */
@Injectable()
export class PasskeyOwners {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly extensions: Extensions,
    private readonly ladder: AcrLadder,
  ) {}

  /**
   * @returns the user
   * @throws AuthError 403 `IMPERSONATED`, `SESSION_NOT_FRESH`; 401 `insufficient_user_authentication` (RFC 9470 3), or when user or session have
   *   ended
   */
  async require(owner: PasskeyOwner): Promise<HostUser> {
    const { principal } = owner;
    requireInPerson(principal);
    await this.ports.sessions.get().requireFresh(principal);
    const user = await this.ports.users.get().find(principal.subjectId);
    if (!user) throw AuthError.invalidToken('the user no longer exists');
    const acrValues = await this.missing(user, owner);
    if (acrValues.length > 0) throw AuthError.insufficientUserAuthentication({ acrValues, maxAgeSeconds: null });
    return user;
  }

  /**
   * The strength that is missing, where a sign-in as that of this session would be asked for a second factor in a browser that nobody trusts;
   * else none.
   */
  async missing(user: HostUser, { principal: { sessionId }, caller }: PasskeyOwner): Promise<readonly string[]> {
    const session = await this.database.transaction((tx) => this.ports.sessions.get().hold(tx, sessionId!));
    const epoch = await this.subjects.epoch(user.id);
    if (!session || epoch === null) throw AuthError.unauthenticated();
    const { methods, remember: rememberMe } = session;
    const start = { epoch, methods, rememberMe, answersWithBody: false, caller: { ...caller, headers: {} } };
    for (const { secondFactor } of this.extensions.all)
      if (await secondFactor?.(user, start)) return [this.ladder.names[1]!];
    return [];
  }
}
