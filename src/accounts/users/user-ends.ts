import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { HostPorts } from '../../common/ports/port.js';
import { SubjectLifecycle } from '../../common/subjects/subject.lifecycle.js';
import type { DisableTerms, SubjectEnd } from '../../common/subjects/subject.store.js';
import { UserRoles } from './user-roles.js';

/** How users end, with all that they hold. */
@Injectable()
export class UserEnds {
  constructor(
    private readonly database: Database,
    private readonly lifecycle: SubjectLifecycle,
    private readonly roles: UserRoles,
    private readonly ports: HostPorts,
  ) {}

  /**
   * @param keepsOne not the last administrator
   * @throws AuthError 400 `LAST_ADMINISTRATOR`
   */
  async end(
    userId: string,
    end: SubjectEnd,
    { keepsOne, ...terms }: DisableTerms & { readonly keepsOne: boolean },
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (keepsOne) await this.roles.requireOtherAdministrator(tx, userId);
      await this.lifecycle.endIn(tx, userId, end, terms);
    });
    if (end === 'forgotten') await this.ports.users.get().remove?.(userId);
  }
}
