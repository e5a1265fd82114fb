import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { SERVER } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';

/** What users show before their passkeys become others. */
@Injectable()
export class OwnerProof {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly extensions: Extensions,
    private readonly ladder: AcrLadder,
  ) {}

  /** @throws AuthError 403 `SESSION_NOT_FRESH`, 401 `insufficient_user_authentication` (RFC 9470 3) */
  async require(principal: AuthPrincipal): Promise<void> {
    await this.ports.sessions.get().requireFresh(principal);
    await this.requireStrength(principal);
  }

  /**
   * By the first factor alone nobody takes a passkey from a user with two, or adds one, which counts for both: what the session has shown,
   * as its row says, must suffice for a sign-in in a strange browser.
   * @throws AuthError 401 `insufficient_user_authentication` (RFC 9470 3)
   */
  async requireStrength({ subjectId, sessionId }: AuthPrincipal): Promise<void> {
    const user = await this.ports.users.get().find(subjectId);
    const session = await this.database.transaction((tx) => this.ports.sessions.get().hold(tx, sessionId ?? ''));
    if (!user || !session) throw AuthError.invalidToken('the session or the user has ended');
    const { methods } = session;
    const start = { epoch: 0, rememberMe: false, methods, caller: SERVER, answersWithBody: true };
    for (const extension of this.extensions.all)
      if (await extension.secondFactor?.(user, start))
        throw AuthError.insufficientUserAuthentication({ acrValues: [this.ladder.names[1]!], maxAgeSeconds: null });
  }
}
