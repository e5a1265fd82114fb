import { Injectable } from '@nestjs/common';
import { Database, type Executor } from '../../common/database/database.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { Extensions } from '../../common/extensions.js';
import type { SignInMethod } from '../../common/ports/sign-in-methods.js';
import { PasskeyChanges, type PasskeyOwner } from '../keys/passkey.changes.js';
import { PasskeyOwners } from '../keys/passkey-owners.js';
import { PasskeyStore } from '../keys/passkey.store.js';
import { toView, type PasskeyView } from '../keys/passkey.view.js';
import { lastMethod, passkeyNotFound } from '../passkeys.errors.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'passkey.removed': { subjectId: string; passkeyId: string };
  }
}

/** The passkeys of a user. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly database: Database,
    private readonly store: PasskeyStore,
    private readonly changes: PasskeyChanges,
    private readonly owners: PasskeyOwners,
    private readonly extensions: Extensions,
    private readonly events: AuthEvents,
  ) {}

  /** Oldest first. */
  async list(userId: string): Promise<PasskeyView[]> {
    return (await this.store.list(this.database, userId)).map(toView);
  }

  /** @throws AuthError 404 `PASSKEY_NOT_FOUND` */
  async rename(userId: string, id: string, name: string): Promise<PasskeyView> {
    const row = await this.store.rename(userId, id, name);
    if (!row) throw passkeyNotFound();
    return toView(row);
  }

  /** @throws AuthError 404 `PASSKEY_NOT_FOUND`, 400 `LAST_SIGN_IN_METHOD`, or as `PasskeyOwners.require` */
  async remove(owner: PasskeyOwner, id: string): Promise<void> {
    const { subjectId } = owner.principal;
    await this.owners.require(owner);
    // Before anything is locked or renewed: an id that is unknown changes nothing.
    if (!(await this.list(subjectId)).some((one) => one.id === id)) throw passkeyNotFound();
    await this.changes.make(owner, 'passkey-removed', async (tx) => {
      // The user is locked: of two requests that remove one each, the second sees that only one is left.
      const methods = await this.methodsOf(tx, subjectId);
      if (!methods.some((one) => one.id === id)) throw passkeyNotFound();
      if (!methods.some((one) => one.id !== id && one.usable)) throw lastMethod();
      await this.store.remove(tx, subjectId, id);
      tx.afterCommit(() => this.events.emit('passkey.removed', { subjectId, passkeyId: id }));
    });
  }

  /** Whether one of them would leave another way to sign in. */
  async hasAnother(userId: string): Promise<boolean> {
    return (await this.methodsOf(this.database, userId)).filter(({ usable }) => usable).length > 1;
  }

  private async methodsOf(executor: Executor, subjectId: string): Promise<SignInMethod[]> {
    const methods: SignInMethod[] = [];
    // One after the other: a transaction has one connection.
    for (const { signInMethods } of this.extensions.all)
      if (signInMethods) methods.push(...(await signInMethods.list(executor, subjectId)));
    return methods;
  }
}
