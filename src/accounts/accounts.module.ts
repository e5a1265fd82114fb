import { Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Extensions } from '../common/extensions.js';
import { hostPart } from '../common/host-part.js';
import type { UserDirectory } from '../common/ports/user-directory.js';
import { sweepUnless, sweepWhere } from '../common/sweeper/sweeper.js';
import { ConfigurableModuleClass, ACCOUNTS_OPTIONS } from './accounts.module-definition.js';
import { ACCOUNTS_SETTINGS, resolveAccountsOptions, type AccountsSettings } from './accounts.options.js';
import { OneTimeTokenController } from './one-time-tokens/one-time-token.controller.js';
import { OneTimeTokenStore } from './one-time-tokens/one-time-token.store.js';
import { OneTimeTokens } from './one-time-tokens/one-time-tokens.js';
import { OwnAccountService } from './own-account/own-account.service.js';
import { UserController } from './own-account/user.controller.js';
import { CredentialChangedMail } from './mails/credential-changed.mail.js';
import { SignUpTakenMail } from './mails/sign-up-taken.mail.js';
import { VerificationMail } from './mails/verification.mail.js';
import { VerificationOrders } from './mails/verification-orders.js';
import { VerifyingBrowser } from './sign-in/verifying-browser.js';
import { EmailVerifications } from './verification/email-verifications.js';
import { EmailVerificationController } from './verification/email-verification.controller.js';
import { CredentialChanges } from './own-account/credential-changes.js';
import { PasswordResetController } from './recovery/password-reset.controller.js';
import { PasswordResetMail } from './mails/password-reset.mail.js';
import { PasswordResets } from './recovery/password-resets.js';
import { RecoveryPageController } from './recovery/recovery-page.controller.js';
import { AccountPageController } from './pages/account-page.controller.js';
import { DeletePageController } from './pages/delete-page.controller.js';
import { SessionsPageController } from './pages/sessions-page.controller.js';
import { SignOutPageController } from './pages/sign-out-page.controller.js';
import { SignInPageController } from './pages/sign-in-page.controller.js';
import { SignInPages } from './pages/sign-in-pages.service.js';
import { UsersPageController, USERS_PATH } from './pages/users-page.controller.js';
import { PasswordRules } from './passwords/password-rules.js';
import { PasswordMethod } from './passwords/password-method.js';
import { SessionController } from './sessions/session.controller.js';
import { SessionReplies } from './sessions/session.replies.js';
import { SessionStore } from './sessions/session.store.js';
import { SessionCookieAuthenticator } from './sessions/session-cookie.authenticator.js';
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
import { UsersService } from './users/users.service.js';

const providers: Provider[] = [
  { provide: ACCOUNTS_SETTINGS, useFactory: resolveAccountsOptions, inject: [ACCOUNTS_OPTIONS] },
  UserStore,
  SessionStore,
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
  SignInPages,
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
  UsersService,
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
    SessionController,
    UserController,
    PasswordResetController,
    RecoveryPageController,
    EmailVerificationController,
  ],
  providers,
  exports: [SessionsService, UsersService, OneTimeTokens],
})
export class AccountsModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    private readonly extensions: Extensions,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
    private readonly moduleRef: ModuleRef,
    private readonly store: UserStore,
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
  ) {
    super();
    extensions.add({
      name: 'accounts',
      ports: { sessions, sessionTransport: replies, signInFlow: flow, credentialChanges },
      authenticators: [cookie],
      bearerReaders: [reader],
      signInMethods: password,
      mails: [resetMail, changedMail, takenMail, verificationMail],
      pages: [
        { area: 'account', path: '/account', title: 'account.profile', order: 10 },
        { area: 'account', path: '/account/sessions', title: 'account.sessions', order: 20 },
        { area: 'account', path: '/account/delete', title: 'account.delete', order: 90 },
        { area: 'administration', path: USERS_PATH, title: 'admin.users', order: 10 },
      ],
      onSubjectEnd: (tx, subjectId, end) => sessions.onSubjectEnd(tx, subjectId, end),
      sweeps: [
        sweepWhere('auth_one_time_token', 'token_hash', 'expires_at < now()', 'expires_at'),
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
    const users = await this.directory();
    this.extensions.add({
      name: 'accounts.users',
      ports: { users },
      onSubjectEnd: async (tx, subjectId, end) => users.end?.(tx, subjectId, end),
    });
  }

  /** The host's directory, made by Nest when it is a class, or our own table. */
  private async directory(): Promise<UserDirectory> {
    const { users } = this.settings;
    if (users === null) return new TableUserDirectory(this.store);
    return requireDirectory(await hostPart(this.moduleRef, users));
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
