import { Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { Extensions } from '../common/extensions.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import { HostPorts } from '../common/ports/port.js';
import { JwtBearerGrant } from './grant/jwt-bearer.grant.js';
import { Assertions } from './issuers/assertions.js';
import { ConfigurableModuleClass, JWT_BEARER_OPTIONS } from './jwt-bearer.module-definition.js';
import { JWT_BEARER_SETTINGS, resolveJwtBearerOptions, type JwtBearerSettings } from './jwt-bearer.options.js';
import { AssertionSubjects } from './subjects/assertion-subjects.js';
import { Newcomers } from './subjects/newcomers.js';

/** ID-JAG 7.2: this server takes identity assertions. Which issuers it trusts is nobody's business (8.4). */
const ID_JAG_PROFILE = 'urn:ietf:params:oauth:grant-profile:id-jag';

const providers: Provider[] = [
  {
    provide: JWT_BEARER_SETTINGS,
    useFactory: resolveJwtBearerOptions,
    inject: [JWT_BEARER_OPTIONS, CORE_SETTINGS],
  },
  Assertions,
  Newcomers,
  AssertionSubjects,
  JwtBearerGrant,
];

/**
 * Tokens for assertions of issuers that are trusted (RFC 7523), identity assertions among them (ID-JAG). Needs oauthProvider, whose token
 * endpoint takes them.
 *
 * @example
 * const issuers = [{ issuer: 'https://idp.example.com', type: 'id-jag', algorithms: ['ES256'], clients: ['mcp-client'] }] as const;
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), JwtBearerModule.forRoot({ issuers })];
 */
@Module({ providers })
export class JwtBearerModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    extensions: Extensions,
    private readonly ports: HostPorts,
    @Inject(JWT_BEARER_SETTINGS) private readonly settings: JwtBearerSettings,
    grant: JwtBearerGrant,
  ) {
    super();
    const issuers = [...settings.issuers.values()];
    extensions.add({
      name: 'jwtBearer',
      ...(issuers.length > 0 && { grants: [grant] }),
      ...(issuers.some(({ type }) => type === 'id-jag') && {
        metadata: () => ({ authorization_grant_profiles_supported: [ID_JAG_PROFILE] }),
      }),
    });
  }

  onModuleInit(): void {
    const { authorizationServer, linkedAccounts, signInFlow } = this.ports;
    if (!authorizationServer.filled)
      throw new Error('jwtBearer needs a token endpoint. Add oauthProvider to AuthModule.forRoot.');
    for (const { issuer, ways, createUsers } of this.settings.issuers.values()) {
      if (ways.has('linked') && !linkedAccounts.filled)
        throw new Error(
          `jwtBearer.issuers (${JSON.stringify(issuer)}).subject: no accounts are linked here. Add accountLinking to AuthModule.forRoot, or give another way.`,
        );
      if (createUsers && !signInFlow.filled)
        throw new Error('jwtBearer.issuers: createUsers needs accounts. Add accounts to AuthModule.forRoot.');
    }
  }
}
