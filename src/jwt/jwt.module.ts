import { Inject, Logger, Module, Optional, type Provider } from '@nestjs/common';
import { BACKGROUND_WORK } from '../common/background.js';
import { Extensions } from '../common/extensions.js';
import { HostPorts } from '../common/ports/port.js';
import { AuthRoutes } from '../common/http/routes/auth-routes.js';
import { Cors, PUBLIC_DOCUMENT } from '../common/http/edge/cors.js';
import { RootRoutes } from '../common/http/edge/root-routes.js';
import { isSymmetric } from '../common/keys/signing-algorithm.js';
import { WIPE_RETIRED } from '../common/keys/signing-key.store.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import { sweepWhere } from '../common/sweeper/sweeper.js';
import { Clock } from '../common/clock.js';
import { OutsideTokens } from '../common/issuers/outside-tokens.js';
import { GuardedFetch } from '../common/outbound/guarded-fetch.js';
import { JWKS_PATHS, JwksController } from './jwks.controller.js';
import { JwksDocument } from './jwks.document.js';
import { JwtController } from './jwt.controller.js';
import { JwtIssuer } from './jwt.issuer.js';
import { ConfigurableModuleClass, JWT_OPTIONS } from './jwt.module-definition.js';
import { JWT_SETTINGS, resolveJwtOptions, type JwtSettings } from './jwt.options.js';
import { JwtReader } from './jwt.reader.js';
import { JwtService } from './jwt.service.js';
import { SessionJwtSubjects } from './session-jwt.subjects.js';
import { JwtSessionHeader } from './jwt.session-header.js';
import { SigningKeysController } from './signing-keys.controller.js';
import { KEYS_PATH, SigningKeysPageController } from './signing-keys-page.controller.js';

const providers: Provider[] = [
  { provide: JWT_SETTINGS, useFactory: resolveJwtOptions, inject: [JWT_OPTIONS, CORE_SETTINGS] },
  {
    provide: OutsideTokens,
    useFactory: (outbound: GuardedFetch, clock: Clock, { trustedIssuers, leewaySeconds }: JwtSettings) =>
      new OutsideTokens(trustedIssuers, { outbound, clock, leewaySeconds }),
    inject: [GuardedFetch, Clock, JWT_SETTINGS],
  },
  JwtReader,
  SessionJwtSubjects,
  JwksDocument,
  JwtIssuer,
  JwtService,
  JwtSessionHeader,
];

/**
 * JWTs for services that verify offline, with a key set that rotates. Needs accounts: the tokens stand for sessions.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), JwtModule.forRoot({ algorithm: 'ES256' })];
 */
@Module({
  controllers: [JwtController, JwksController, SigningKeysController, SigningKeysPageController],
  providers,
  exports: [JwtService],
})
export class JwtModule extends ConfigurableModuleClass {
  private readonly logger = new Logger('AuthJwt');

  constructor(
    extensions: Extensions,
    @Inject(JWT_SETTINGS) private readonly settings: JwtSettings,
    private readonly ports: HostPorts,
    private readonly keys: SigningKeys,
    private readonly document: JwksDocument,
    private readonly routes: AuthRoutes,
    private readonly rootRoutes: RootRoutes,
    private readonly cors: Cors,
    reader: JwtReader,
    header: JwtSessionHeader,
    subjects: SessionJwtSubjects,
    @Optional() @Inject(BACKGROUND_WORK) private readonly inBackground: boolean = true,
  ) {
    super();
    extensions.add({
      name: 'jwt',
      bearerReaders: [reader],
      subjectTokens: [subjects],
      pages: [{ area: 'administration', path: KEYS_PATH, title: 'admin.keys', order: 50 }],
      onGetSession: (current, principal) => header.onGetSession(current, principal),
      sweeps: [
        { name: 'auth_signing_key', statement: WIPE_RETIRED },
        sweepWhere('auth_revoked_jwt', 'jti', 'expires_at < now()', 'expires_at'),
      ],
    });
    keys.configure({ rotationSeconds: settings.rotationSeconds, keySetMaxAgeSeconds: settings.jwksMaxAgeSeconds });
    keys.want(settings.algorithm, settings.maxExpiresInSeconds);
  }

  onModuleInit(): void {
    if (!this.ports.sessions.filled) {
      throw new Error(
        'jwt needs sessions to make tokens from. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot(). A server that only verifies tokens of others takes ResourceServerModule of nest-authority/resource-server.',
      );
    }
    if (isSymmetric(this.settings.algorithm)) {
      this.logger.warn(
        'jwt.algorithm is HS256: the key set is empty, and anyone who can verify a token can also make one. Use ES256 for services that verify offline.',
      );
    }
    for (const path of JWKS_PATHS) this.cors.open(this.routes.pathOf(`/${path}`), PUBLIC_DOCUMENT);
    const { jwksEndpoint } = this.settings;
    if (jwksEndpoint !== null && !this.isServed(jwksEndpoint)) {
      this.rootRoutes.serveDocument(jwksEndpoint, 'management', this.document.answer);
    }
  }

  /** @throws Error when the database answers and `secret` does not decrypt its keys; stops the boot */
  async onApplicationBootstrap(): Promise<void> {
    if (this.inBackground) await this.keys.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.keys.stop();
  }

  /** Whether the controller already serves this path. */
  private isServed(path: string): boolean {
    return JWKS_PATHS.some((known) => path === this.routes.pathOf(`/${known}`));
  }
}
