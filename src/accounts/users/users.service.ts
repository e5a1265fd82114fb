import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { SubjectLifecycle } from '../../common/subjects/subject.lifecycle.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.options.js';
import { normaliseEmail } from '../../common/email.js';
import { hashPassword } from '../passwords/password-hasher.js';
import { UserStore } from './user.store.js';
import { newId } from '../../common/new-id.js';

/** A user that the host's own code creates or seeds. */
export interface SeedUser {
  readonly email: string;
  readonly password?: string;
  readonly name?: string;
  readonly emailVerified?: boolean;
  readonly image?: string | null;
  /** OpenID Connect standard claims (OIDC Core 5.1). */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * Users, for host code. Trusted: checks no permissions.
 *
 * @example
 * const users = app.get(UsersService);
 * const { id } = await users.seed({ email: 'ada@example.com', password: 'correct horse battery staple' });
 * await users.disable(id); // sessions, tokens and keys have ended when this returns
 */
@Injectable()
export class UsersService {
  constructor(
    private readonly ports: HostPorts,
    private readonly store: UserStore,
    private readonly lifecycle: SubjectLifecycle,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  async find(userId: string): Promise<HostUser | null> {
    return this.ports.users.get().find(userId);
  }

  async findByEmail(email: string): Promise<HostUser | null> {
    const normalised = normaliseEmail(email);
    return normalised === null ? null : findByAddress(this.ports.users.get(), normalised);
  }

  /**
   * Creates the user or updates the one with this e-mail address, in the default table. An existing password stays.
   * @throws AuthError 400 `INVALID_EMAIL`; Error when the users are the host's
   */
  async seed(user: SeedUser): Promise<{ id: string }> {
    if (this.settings.users !== null)
      throw new Error(
        'UsersService.seed: accounts.users is given, so the users are yours. Write them to your own table.',
      );
    const email = normaliseEmail(user.email);
    if (email === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    const known = await this.store.findByEmail(email);
    const row = await this.store.upsert({
      id: known?.id ?? newId(),
      email,
      emailVerified: user.emailVerified ?? false,
      name: user.name ?? email,
      image: user.image ?? null,
      passwordHash: known || user.password === undefined ? null : await hashPassword(user.password),
      claims: user.claims ?? {},
    });
    return { id: row.id };
  }

  /** Bans the user: they cannot sign in, and their sessions, tokens and API keys, also those being made, have ended when this returns. */
  async disable(userId: string): Promise<void> {
    await this.lifecycle.end(userId, 'disabled');
  }

  /** Lets a disabled user sign in again. What ended (sessions, tokens, API keys) stays ended. @returns false when there is no such user */
  async enable(userId: string): Promise<boolean> {
    return this.lifecycle.enable(userId);
  }

  /**
   * Deletes the user and all that they hold. A directory of the host's is asked to delete its row in the same transaction (`end`), or after
   * the commit (`remove`); if that fails, call this again.
   */
  async forget(userId: string): Promise<void> {
    await this.lifecycle.end(userId, 'forgotten');
    await this.ports.users.get().remove?.(userId);
  }
}
