import { Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { Extensions } from '../common/extensions.js';
import { HostPorts } from '../common/ports/port.js';
import { sweepWhere } from '../common/sweeper/sweeper.js';
import { ACCOUNT_LINKING_OPTIONS, ConfigurableModuleClass } from './account-linking.module-definition.js';
import { ACCOUNT_LINKING_SETTINGS, resolveAccountLinkingOptions } from './account-linking.options.js';
import { LinkedAccountsPageController } from './linked-accounts/linked-accounts-page.controller.js';
import { LinkButtonController } from './sign-in/link-button.controller.js';
import { LinkedAccountController } from './linked-accounts/linked-account.controller.js';
import { LinkedAccountStore } from './linked-accounts/linked-account.store.js';
import { LinkedAccountsService } from './linked-accounts/linked-accounts.service.js';
import { LinkedIdentities } from './linked-accounts/linked-identities.js';
import { ProviderTokenController } from './linked-accounts/provider-token.controller.js';
import { ProviderTokensService } from './linked-accounts/provider-tokens.service.js';
import { TokenRefresher } from './linked-accounts/token.refresher.js';
import { TokenVault } from './linked-accounts/token.vault.js';
import { ProviderDirectory } from './providers/provider.directory.js';
import { CallbackController } from './sign-in/callback.controller.js';
import { CallbackService } from './sign-in/callback.service.js';
import { ErrorAddresses } from './sign-in/error-addresses.js';
import { ErrorPageController } from './sign-in/error-page.controller.js';
import { IdTokenSignInService } from './sign-in/id-token-sign-in.service.js';
import { IdentityLinker } from './sign-in/identity.linker.js';
import { ProviderButtonController } from './sign-in/provider-button.controller.js';
import { ProviderButtons } from './sign-in/provider-buttons.js';
import { ProviderRedirectController } from './sign-in/provider-redirect.controller.js';
import { ProviderRedirectsService } from './sign-in/provider-redirects.service.js';
import { LinkStateStore } from './states/link-state.store.js';
import { LinkStatesService } from './states/link-states.service.js';

const providers: Provider[] = [
  { provide: ACCOUNT_LINKING_SETTINGS, useFactory: resolveAccountLinkingOptions, inject: [ACCOUNT_LINKING_OPTIONS] },
  LinkedAccountStore,
  LinkStateStore,
  ProviderDirectory,
  LinkStatesService,
  TokenVault,
  TokenRefresher,
  LinkedAccountsService,
  LinkedIdentities,
  ProviderTokensService,
  IdentityLinker,
  ErrorAddresses,
  ProviderRedirectsService,
  ProviderButtons,
  CallbackService,
  IdTokenSignInService,
];

/**
 * Sign-in through external providers, whose accounts are linked to users. Needs accounts, since it starts sessions.
 *
 * @example
 * const providers = [{ providerId: 'google', clientId, clientSecret }];
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), AccountsModule.forRoot(), AccountLinkingModule.forRoot({ providers })];
 */
@Module({
  controllers: [
    ProviderRedirectController,
    ProviderButtonController,
    CallbackController,
    ErrorPageController,
    LinkedAccountController,
    LinkedAccountsPageController,
    LinkButtonController,
    ProviderTokenController,
  ],
  providers,
  exports: [LinkedAccountsService, ProviderTokensService],
})
export class AccountLinkingModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    extensions: Extensions,
    private readonly ports: HostPorts,
    buttons: ProviderButtons,
    accounts: LinkedAccountsService,
    linkedAccounts: LinkedIdentities,
  ) {
    super();
    extensions.add({
      name: 'accountLinking',
      ports: { linkedAccounts },
      signInMethods: accounts,
      pages: [{ area: 'account', path: '/account/sign-in-methods', title: 'account.linked', order: 50 }],
      signInPage: (continueTo) => buttons.partOf(continueTo),
      onSubjectEnd: (tx, subjectId, end) => accounts.onSubjectEnd(tx, subjectId, end),
      onCredentialChange: async (tx, subjectId, { change }) => {
        if (change === 'owner') await accounts.onSubjectEnd(tx, subjectId, 'forgotten');
      },
      sweeps: [sweepWhere('auth_link_state', 'id', 'expires_at < now()', 'expires_at')],
    });
  }

  onModuleInit(): void {
    if (!this.ports.sessions.filled) {
      throw new Error(
        'accountLinking needs sessions to start. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot().',
      );
    }
  }
}
