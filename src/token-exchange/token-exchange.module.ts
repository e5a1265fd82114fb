import { Inject, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Extensions } from '../common/extensions.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import { HostPorts } from '../common/ports/port.js';
import { PresentedTokens } from './grant/presented-tokens.js';
import { AssertionSubjects } from './id-jag/assertion-subject.js';
import { ID_JAG_SECONDS, IdJagIssuer } from './id-jag/id-jag.issuer.js';
import { TokenExchangeGrant } from './grant/token-exchange.grant.js';
import { ConfigurableModuleClass, TOKEN_EXCHANGE_OPTIONS } from './token-exchange.module-definition.js';
import {
  resolveTokenExchangeOptions,
  TOKEN_EXCHANGE_SETTINGS,
  type TokenExchangeSettings,
} from './token-exchange.settings.js';

/**
 * Exchange of tokens (RFC 8693): a service acts for a user at the next service. Needs oauthProvider.
 *
 * @example
 * const clients = { orders: { targets: ['https://billing.example.com'], scopes: ['billing:read'] } };
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), TokenExchangeModule.forRoot({ clients })];
 */
@Module({
  providers: [
    {
      provide: TOKEN_EXCHANGE_SETTINGS,
      useFactory: resolveTokenExchangeOptions,
      inject: [TOKEN_EXCHANGE_OPTIONS, CORE_SETTINGS],
    },
    PresentedTokens,
    TokenExchangeGrant,
    AssertionSubjects,
    IdJagIssuer,
  ],
})
export class TokenExchangeModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    extensions: Extensions,
    private readonly ports: HostPorts,
    @Inject(TOKEN_EXCHANGE_SETTINGS) private readonly settings: TokenExchangeSettings,
    grant: TokenExchangeGrant,
    assertions: IdJagIssuer,
    keys: SigningKeys,
  ) {
    super();
    const { identityAssertions } = settings;
    extensions.add({
      name: 'tokenExchange',
      grants: [grant],
      ...(identityAssertions && {
        tokenExchangers: [assertions],
        metadata: () => ({ identity_chaining_requested_token_types_supported: [assertions.requestedTokenType] }),
      }),
    });
    if (identityAssertions) keys.want(identityAssertions.algorithm, ID_JAG_SECONDS, { exact: true });
  }

  onModuleInit(): void {
    if (!this.ports.authorizationServer.filled)
      throw new Error(
        'tokenExchange needs an authorization server whose tokens are exchanged. Add oauthProvider to AuthModule.forRoot, or import OAuthProviderModule.forRoot().',
      );
  }

  /** @throws Error with option and remedy; stops the boot */
  onApplicationBootstrap(): void {
    const { scopes: offered } = this.ports.authorizationServer.get();
    for (const [clientId, { scopes }] of this.settings.rules) {
      const unknown = [...(scopes ?? [])].find((scope) => !offered.has(scope));
      if (unknown)
        throw new Error(
          `tokenExchange.clients[${JSON.stringify(clientId)}].scopes: "${unknown}" is not offered. Add it to oauthProvider.scopes.`,
        );
    }
  }
}
