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
import { OWN_ACCOUNT_CONTROLLERS, OWN_ACCOUNT_PROVIDERS } from './own-account.parts.js';
import { ACCOUNTS_SETTINGS, resolveAccountsOptions, type AccountsSettings } from './accounts.options.js';
import { OneTimeTokenController } from './one-time-tokens/one-time-token.controller.js';
import { OneTimeTokenStore } from './one-time-tokens/one-time-token.store.js';
import { OneTimeTokens } from './one-time-tokens/one-time-tokens.js';
import { OwnAccountService } from './own-account/own-account.service.js';
import { UserController } from './own-account/user.controller.js';
import { CodeMails } from './mails/code.mails.js';
import { CredentialChangedMail } from './mails/credential-changed.mail.js';
import { undoSubjectOf } from './mails/email-change.purposes.js';
import { OwnAccountMails } from './mails/own-account-mails.js';
import { MagicLinkMail } from './mails/magic-link.mail.js';
import { Mailboxes } from './mails/mailboxes.js';
import { SignUpTakenMail } from './mails/sign-up-taken.mail.js';
import { VerificationMail } from './mails/verification.mail.js';
import { VerificationOrders } from './mails/verification-orders.js';
import { VerifyingBrowser } from './sign-in/verifying-browser.js';
import { VerificationPageController } from './verification/verification-page.controller.js';
import { EmailVerifications } from './verification/email-verifications.js';
import { EmailVerificationController } from './verification/email-verification.controller.js';
import { CredentialChanges } from './own-account/credential-changes.js';
import { PasswordResetController } from './recovery/password-reset.controller.js';
import { PasswordResetMail } from './mails/password-reset.mail.js';
import { PasswordResets } from './recovery/password-resets.js';
import { RecoveryPageController } from './recovery/recovery-page.controller.js';
import { mailboxSignInProviders } from './mailbox-sign-in/mailbox-sign-in.providers.js';
import { magicLinkControllers, magicLinkProviders } from './magic-links/magic-link.providers.js';
import { emailCodeControllers, emailCodeProviders } from './email-codes/email-code.providers.js';
import { ImpersonationPageController } from './pages/impersonation-page.controller.js';
import { AccountPageController } from './pages/account-page.controller.js';
import { DeletePageController } from './pages/delete-page.controller.js';
import { SessionsPageController } from './pages/sessions-page.controller.js';
import { SignOutPageController } from './pages/sign-out-page.controller.js';
import { SignInPageController } from './pages/sign-in-page.controller.js';
import { MailWays } from './pages/mail-ways.js';
import { SignInPages } from './pages/sign-in-pages.service.js';
import { UserBanPageController } from './pages/user-ban-page.controller.js';
import { UsersPageController } from './pages/users-page.controller.js';
import { USERS_PATH } from './pages/users.paths.js';
import { PasswordRules } from './passwords/password-rules.js';
import { PasswordMethod } from './passwords/password-method.js';
import { SessionController } from './sessions/session.controller.js';
import { SessionReplies } from './sessions/session.replies.js';
import { SessionStore } from './sessions/session.store.js';
import { SessionCookieAuthenticator } from './sessions/session-cookie.authenticator.js';
import { KnownDevices } from './sessions/known-devices.js';
import { SessionEnds } from './sessions/session.ends.js';
import { SessionStarts } from './sessions/session.starts.js';
import { SessionTokenReader, SessionVerifier } from './sessions/session.verifier.js';
import { BroughtSessions } from './sessions/brought-sessions.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AccountSignInFlow } from './sign-in/account-sign-in-flow.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { TakenAddresses } from './sign-in/taken-addresses.js';
import { TableUserDirectory } from './users/table-user-directory.js';
import { UserStore } from './users/user.store.js';
import { UsersService } from './administration/users.service.js';
import { AdminSessionsController } from './administration/admin-sessions.controller.js';
import { AdminUserChangesController } from './administration/admin-user-changes.controller.js';
import { AdminUsersController } from './administration/admin-users.controller.js';
import { AdministeredUsers } from './administration/administered-users.js';
import { AdministrationLog } from './administration/administration.log.js';
import { AdministratorsGuard, AdministratorsSwitch } from './administration/administrators.guard.js';
import { ImpersonationController } from './administration/impersonation.controller.js';
import { Impersonations } from './administration/impersonations.js';
import { UserAdministration } from './administration/user-administration.js';
import { UserTable } from './users/user-table.store.js';
import { UserChanges } from './administration/user-changes.js';
import { ImpersonationStore } from './sessions/impersonation.store.js';
import { SignIn } from './sign-in/sign-in.js';
import { UserEnds } from './users/user-ends.js';
import { UserRoles } from './users/user-roles.js';
import { UserSearch } from './users/user-search.store.js';

const providers: Provider[] = [
  { provide: ACCOUNTS_SETTINGS, useFactory: resolveAccountsOptions, inject: [ACCOUNTS_OPTIONS] },
  UserStore,
  UserSearch,
  UserRoles,
  UserEnds,
  SessionStore,
  ImpersonationStore,
  SessionVerifier,
  SessionTokenReader,
  SessionCookieAuthenticator,
  PasswordMethod,
  PasswordRules,
  OneTimeTokenStore,
  OneTimeTokens,
  BroughtSessions,
  SessionEnds,
  SessionStarts,
  SessionReplies,
  SessionsService,
  TakenAddresses,
  AccountSignInFlow,
  SignInService,
  MailWays,
  SignInPages,
  ...OWN_ACCOUNT_PROVIDERS,
  CredentialChanges,
  CredentialChangedMail,
  SignUpTakenMail,
  VerificationMail,
  VerificationOrders,
  VerifyingBrowser,
  EmailVerifications,
  OwnAccountService,
  PasswordResetMail,
  PasswordResets,
  Mailboxes,
  MagicLinkMail,
  CodeMails,
  ...mailboxSignInProviders,
  ...magicLinkProviders,
  ...emailCodeProviders,
  UserTable,
  UserChanges,
  AdministeredUsers,
  AdministrationLog,
  UserAdministration,
  Impersonations,
  AdministratorsSwitch,
  AdministratorsGuard,
  UsersService,
  SignIn,
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
    SignInController,
    SignInPageController,
    AccountPageController,
    SessionsPageController,
    DeletePageController,
    SignOutPageController,
    UsersPageController,
    UserBanPageController,
    SessionController,
    UserController,
    PasswordResetController,
    RecoveryPageController,
    EmailVerificationController,
    VerificationPageController,
    ...OWN_ACCOUNT_CONTROLLERS,
    ...magicLinkControllers,
    ...emailCodeControllers,
    AdminUsersController,
    AdminUserChangesController,
    AdminSessionsController,
    ImpersonationController,
    ImpersonationPageController,
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
    resetMail: PasswordResetMail,
    changedMail: CredentialChangedMail,
    takenMail: SignUpTakenMail,
    verificationMail: VerificationMail,
    ownMails: OwnAccountMails,
    devices: KnownDevices,
    secrets: OneTimeSecrets,
    private readonly rootRoutes: RootRoutes,
    private readonly routes: AuthRoutes,
    linkMail: MagicLinkMail,
    codeMails: CodeMails,
    private readonly outbox: Outbox,
  ) {
    super();
    extensions.add({
      name: 'accounts',
      ports: { sessions, sessionTransport: replies, signInFlow: flow, credentialChanges },
      authenticators: [cookie],
      bearerReaders: [reader],
      signInMethods: password,
      mails: [resetMail, changedMail, takenMail, verificationMail, linkMail, ...codeMails.composers, ...ownMails.all],
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
