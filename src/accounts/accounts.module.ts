import { Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Extensions } from '../common/extensions.js';
import { RootRoutes } from '../common/http/edge/root-routes.js';
import { AuthRoutes } from '../common/http/routes/auth-routes.js';
import { hostPart } from '../common/host-part.js';
import { Outbox } from '../common/mail/outbox.js';
import { OneTimeSecrets } from '../common/one-time/one-time-secrets.js';
import type { UserDirectory } from '../common/ports/user-directory.js';
import { sweepUnless, sweepWhere } from '../common/sweeper/sweeper.js';
import { ConfigurableModuleClass, ACCOUNTS_OPTIONS } from './accounts.module-definition.js';
import { ACCOUNTS_SETTINGS, resolveAccountsOptions, type AccountsSettings } from './accounts.settings.js';
import { administrationControllers, administrationProviders } from './administration/administration.providers.js';
import { UsersService } from './administration/users.service.js';
import { emailChangeControllers, emailChangeProviders } from './email-change/email-change.providers.js';
import { emailCodeControllers, emailCodeProviders } from './email-codes/email-code.providers.js';
import { magicLinkControllers, magicLinkProviders } from './magic-links/magic-link.providers.js';
import { mailboxSignInProviders } from './mailbox-sign-in/mailbox-sign-in.providers.js';
import { AccountMails, mailProviders } from './mails/account-mails.js';
import { undoSubjectOf } from './mails/email-change.purposes.js';
import { OneTimeTokenController } from './one-time-tokens/one-time-token.controller.js';
import { OneTimeTokenStore } from './one-time-tokens/one-time-token.store.js';
import { OneTimeTokens } from './one-time-tokens/one-time-tokens.js';
import { CredentialChanges } from './own-account/credential-changes.js';
import { ownAccountControllers, ownAccountProviders } from './own-account/own-account.providers.js';
import { pageControllers, pageProviders } from './pages/page.providers.js';
import { USERS_PATH } from './pages/users.paths.js';
import { PasswordMethod } from './passwords/password-method.js';
import { recoveryControllers, recoveryProviders } from './recovery/recovery.providers.js';
import { KnownDevices } from './sessions/known-devices.js';
import { SessionCookieAuthenticator } from './sessions/session-cookie.authenticator.js';
import { SessionTokenReader } from './sessions/session.verifier.js';
import { sessionControllers, sessionProviders } from './sessions/session.providers.js';
import { SessionReplies } from './sessions/session.replies.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AccountSignInFlow } from './sign-in/account-sign-in-flow.js';
import { SignIn } from './sign-in/sign-in.js';
import { signInControllers, signInProviders } from './sign-in/sign-in.providers.js';
import { TableUserDirectory } from './users/table-user-directory.js';
import { UserSearch } from './users/user-search.store.js';
import { userProviders } from './users/user.providers.js';
import { UserStore } from './users/user.store.js';

const providers: Provider[] = [
  { provide: ACCOUNTS_SETTINGS, useFactory: resolveAccountsOptions, inject: [ACCOUNTS_OPTIONS] },
  ...userProviders,
  ...sessionProviders,
  OneTimeTokenStore,
  OneTimeTokens,
  ...signInProviders,
  ...mailProviders,
  ...ownAccountProviders,
  ...emailChangeProviders,
  ...recoveryProviders,
  ...mailboxSignInProviders,
  ...magicLinkProviders,
  ...emailCodeProviders,
  ...administrationProviders,
  ...pageProviders,
];

/**
 * E-mail sign-up and sign-in, sessions, and a user table for hosts that have none. Fills the kernel's ports for users, sessions and sign-in.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), AccountsModule.forRoot({ session: { expiresIn: '7d' } })];
 */
@Module({
  controllers: [
    OneTimeTokenController,
    ...signInControllers,
    ...sessionControllers,
    ...ownAccountControllers,
    ...emailChangeControllers,
    ...recoveryControllers,
    ...magicLinkControllers,
    ...emailCodeControllers,
    ...administrationControllers,
    ...pageControllers,
  ],
  providers,
  exports: [SessionsService, UsersService, SignIn, OneTimeTokens],
})
export class AccountsModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    private readonly extensions: Extensions,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
    private readonly moduleRef: ModuleRef,
    private readonly store: UserStore,
    private readonly searches: UserSearch,
    sessions: SessionsService,
    replies: SessionReplies,
    flow: AccountSignInFlow,
    credentialChanges: CredentialChanges,
    cookie: SessionCookieAuthenticator,
    reader: SessionTokenReader,
    password: PasswordMethod,
    mails: AccountMails,
    devices: KnownDevices,
    secrets: OneTimeSecrets,
    private readonly rootRoutes: RootRoutes,
    private readonly routes: AuthRoutes,
    private readonly outbox: Outbox,
  ) {
    super();
    extensions.add({
      name: 'accounts',
      ports: { sessions, sessionTransport: replies, signInFlow: flow, credentialChanges },
      authenticators: [cookie],
      bearerReaders: [reader],
      signInMethods: password,
      mails: mails.composers,
      pages: [
        { area: 'account', path: '/account', title: 'account.profile', order: 10 },
        { area: 'account', path: '/account/sessions', title: 'account.sessions', order: 20 },
        { area: 'account', path: '/account/delete', title: 'account.delete', order: 90 },
        { area: 'administration', path: USERS_PATH, title: 'admin.users', order: 10 },
      ],
      onSubjectEnd: async (tx, subjectId, end) => {
        await sessions.onSubjectEnd(tx, subjectId, end);
        if (end !== 'forgotten') return;
        await devices.forget(tx, subjectId);
        await secrets.forget(tx, undoSubjectOf(subjectId));
      },
      sweeps: [
        sweepWhere('auth_one_time_token', 'token_hash', 'expires_at < now()', 'expires_at'),
        sweepWhere('auth_known_device', 'device', `seen_at < now() - interval '400 days'`, 'seen_at'),
        sweepUnless(
          'auth_session',
          `EXISTS (SELECT FROM auth_token_family f WHERE f.session_id = t.id::text AND f.expires_at > now() AND f.revoked_at IS NULL)`,
        ),
      ],
    });
  }

  /**
   * Here, not in the constructor: a directory that the host provides has its own dependencies only once every provider is made. Being added
   * last, it also hears last of the end of a user, when all that the user held has ended.
   */
  async onModuleInit(): Promise<void> {
    requireMail(this.settings, this.outbox.isOn);
    const users = await this.directory();
    this.extensions.add({
      name: 'accounts.users',
      ports: { users },
      onSubjectEnd: async (tx, subjectId, end) => users.end?.(tx, subjectId, end),
    });
    if (this.settings.deleteUser.confirmByMail && !this.outbox.isOn)
      throw new Error('accounts.deleteUser.confirmByMail: nobody sends the link. Give `mail`, or leave this out.');
    // Where password managers look for it (W3C, A Well-Known URL for Changing Passwords).
    if (users.verifyPassword && users.preparePassword)
      this.rootRoutes.serveRedirect('/.well-known/change-password', () => this.routes.publicPathOf('/account'));
  }

  /** The host's directory, made by Nest when it is a class, or our own table. */
  private async directory(): Promise<UserDirectory> {
    const { users } = this.settings;
    if (users === null) return new TableUserDirectory(this.store, this.searches);
    return requireDirectory(await hostPart(this.moduleRef, users));
  }
}

/** @throws Error naming the option that needs mail; stops the boot */
function requireMail({ magicLink, emailCode }: AccountsSettings, isOn: boolean): void {
  for (const [name, { enabled }] of Object.entries({ magicLink, emailCode })) {
    if (enabled && !isOn)
      throw new Error(`accounts.${name}: nobody sends mail. Give the option mail, or leave it out.`);
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
