import { Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CredentialCache } from '../common/cache/credential-cache.js';
import { Database } from '../common/database/database.js';
import { AUTHENTICATORS } from '../common/guards/auth.guard.js';
import type { Authenticator } from '../common/guards/authenticator.js';
import { HostPorts } from '../common/host/port.js';
import type { SignInMethods } from '../common/host/sign-in-methods.js';
import type { UserDirectory } from '../common/host/user-directory.js';
import { AuthCookies } from '../common/http/cookies.js';
import { CORE_SETTINGS, type CoreSettings } from '../common/options/core-options.js';
import { BEARER_READERS, CAPABILITIES, SIGN_IN_METHODS, SUBJECT_HOLDINGS } from '../common/registries.js';
import type { Registry } from '../common/registry.js';
import type { SubjectHoldings } from '../common/subjects/subject.lifecycle.js';
import { Sweeper, sweepWhere } from '../common/sweeper/sweeper.js';
import type { BearerTokenReader } from '../common/tokens/bearer-token-reader.js';
import { ConfigurableModuleClass, ACCOUNTS_OPTIONS } from './accounts.module-definition.js';
import { ACCOUNTS_SETTINGS, resolveAccountsOptions, type AccountsSettings } from './accounts.options.js';
import { CallbackTokens } from './one-time-tokens/callback-tokens.js';
import { OneTimeTokenController } from './one-time-tokens/one-time-token.controller.js';
import { OneTimeTokenStore } from './one-time-tokens/one-time-token.store.js';
import { OneTimeTokens } from './one-time-tokens/one-time-tokens.js';
import { AccountPageController } from './pages/account-page.controller.js';
import { SignInPageController } from './pages/sign-in-page.controller.js';
import { SignInPages } from './pages/sign-in-pages.service.js';
import { PasswordMethod } from './passwords/password-method.js';
import { AccountSessions } from './sessions/account-sessions.js';
import { SessionController } from './sessions/session.controller.js';
import { SessionReplies } from './sessions/session.replies.js';
import { SessionStore } from './sessions/session.store.js';
import { SessionCookieAuthenticator } from './sessions/session-cookie.authenticator.js';
import { SessionEnds } from './sessions/session.ends.js';
import { SessionStarts } from './sessions/session.starts.js';
import { SessionTokenReader, SessionVerifier } from './sessions/session.verifier.js';
import { BroughtSessions } from './sessions/brought-sessions.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { TakenAddresses } from './sign-in/taken-addresses.js';
import { OwnAccountService } from './users/own-account.service.js';
import { TableUserDirectory } from './users/table-user-directory.js';
import { UserController } from './users/user.controller.js';
import { UserStore } from './users/user.store.js';
import { UsersService } from './users/users.service.js';

const providers: Provider[] = [
  { provide: ACCOUNTS_SETTINGS, useFactory: resolveAccountsOptions, inject: [ACCOUNTS_OPTIONS] },
  { provide: UserStore, useFactory: (database: Database) => new UserStore(database), inject: [Database] },
  { provide: SessionStore, useFactory: (database: Database) => new SessionStore(database), inject: [Database] },
  {
    provide: SessionVerifier,
    useFactory: (
      store: SessionStore,
      cache: CredentialCache,
      cookies: AuthCookies,
      settings: AccountsSettings,
      core: CoreSettings,
    ) => new SessionVerifier(store, cache, cookies, settings.session, core.legacyCredentials),
    inject: [SessionStore, CredentialCache, AuthCookies, ACCOUNTS_SETTINGS, CORE_SETTINGS],
  },
  {
    provide: OneTimeTokenStore,
    useFactory: (database: Database) => new OneTimeTokenStore(database),
    inject: [Database],
  },
  OneTimeTokens,
  CallbackTokens,
  BroughtSessions,
  SessionEnds,
  SessionStarts,
  SessionReplies,
  SessionsService,
  TakenAddresses,
  SignInService,
  AccountSessions,
  SignInPages,
  OwnAccountService,
  UsersService,
];

/**
 * E-mail sign-up and sign-in, sessions, and a user table for hosts that bring none. Fills the kernel's two ports.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), AccountsModule.forRoot({ session: { expiresIn: '7d' } })];
 */
@Module({
  controllers: [
    OneTimeTokenController,
    SignInController,
    SignInPageController,
    AccountPageController,
    SessionController,
    UserController,
  ],
  providers,
  exports: [SessionsService, UsersService, OneTimeTokens],
})
export class AccountsModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    @Inject(CAPABILITIES) capabilities: Registry<object>,
    @Inject(AUTHENTICATORS) authenticators: Registry<Authenticator>,
    @Inject(BEARER_READERS) readers: Registry<BearerTokenReader>,
    @Inject(SUBJECT_HOLDINGS) private readonly holdings: Registry<SubjectHoldings>,
    @Inject(SIGN_IN_METHODS) methods: Registry<SignInMethods>,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
    private readonly moduleRef: ModuleRef,
    private readonly store: UserStore,
    private readonly ports: HostPorts,
    sessions: SessionsService,
    port: AccountSessions,
    verifier: SessionVerifier,
    sessionStore: SessionStore,
    cookies: AuthCookies,
    sweeper: Sweeper,
  ) {
    super();
    capabilities.add('accounts', this);
    ports.sessions.fill(port, 'accounts');
    methods.add('credential', new PasswordMethod(ports));
    const { expiresInSeconds } = settings.session;
    authenticators.add('session', new SessionCookieAuthenticator(verifier, sessionStore, cookies, expiresInSeconds));
    readers.add('session', new SessionTokenReader(verifier));
    holdings.add('sessions', sessions.holdings);
    sweeper.add(sweepWhere('auth_one_time_token', 'token_hash', 'expires_at < now()'));
    sweeper.add(
      sweepWhere(
        'auth_session',
        'id',
        `expires_at < now() - interval '1 day' AND NOT EXISTS (SELECT FROM auth_token_family f
           WHERE f.session_id = auth_session.id::text AND f.expires_at > now() AND f.revoked_at IS NULL)`,
      ),
    );
  }

  /** Now, and not in the constructor: a directory that the host provides has its own dependencies only once every provider is made. */
  async onModuleInit(): Promise<void> {
    const directory = await this.directory();
    this.ports.users.fill(directory, 'accounts');
    if (directory.end) this.holdings.add('users', directory as UserDirectory & SubjectHoldings);
  }

  /** The host's directory, made by Nest when it is a class, or our own table. */
  private async directory(): Promise<UserDirectory> {
    const { users } = this.settings;
    if (users === null) return new TableUserDirectory(this.store);
    if (typeof users !== 'function') return requireDirectory(users);
    let known: UserDirectory | undefined;
    try {
      known = this.moduleRef.get(users, { strict: false });
    } catch {
      // Nobody provides it.
    }
    return requireDirectory(known ?? (await this.moduleRef.create(users)));
  }
}

/** @throws Error naming what is missing; stops the boot */
function requireDirectory(directory: UserDirectory): UserDirectory {
  for (const name of ['find', 'findByEmail'] as const) {
    if (typeof directory?.[name] !== 'function')
      throw new Error(`accounts.users: it has no ${name}(). Give a class or an object that implements UserDirectory.`);
  }
  return directory;
}
