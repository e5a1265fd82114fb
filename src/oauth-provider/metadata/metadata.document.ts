import { Inject, Injectable } from '@nestjs/common';
import { DpopProofs } from '../../common/dpop/dpop-proofs.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { RootRoutes } from '../../common/http/edge/root-routes.js';
import { Strengths } from '../authorize/strengths.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { endpointAliases } from './endpoint-aliases.js';
import { providerMetadata, type ProviderFacts } from './provider-metadata.js';

/** Names of the document below `/.well-known/`. */
const DOCUMENTS = ['openid-configuration', 'oauth-authorization-server'];
/** Clients see a changed configuration within the hour. */
const MAX_AGE_SECONDS = 3_600;

/** The discovery document, under all its names: made once, at start. */
@Injectable()
export class MetadataDocument {
  private metadata: Readonly<Record<string, unknown>> | null = null;

  constructor(
    private readonly routes: AuthRoutes,
    private readonly rootRoutes: RootRoutes,
    private readonly extensions: Extensions,
    private readonly strengths: Strengths,
    private readonly proofs: DpopProofs,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** Call it from `onModuleInit`. */
  serve(): void {
    for (const path of this.paths()) this.rootRoutes.serveDocument(path, 'oauth', async () => this.reply());
  }

  /** Call it from `onApplicationBootstrap`, when all extensions have been added. */
  assemble(): void {
    const urlOf: ProviderFacts['urlOf'] = (route, method) => this.routes.urlOf(route, method);
    const { all, grants } = this.extensions;
    const facts = {
      urlOf,
      grantTypes: grants.map(({ grantType }) => grantType),
      dpopAlgorithms: this.proofs.algorithms,
      acrValues: this.strengths.supported(),
    };
    const added = all.map((extension) => extension.metadata?.(urlOf));
    const metadata = Object.assign(providerMetadata(this.settings, facts), ...added) as object as Record<
      string,
      unknown
    >;
    const { issuer, mtls } = this.settings;
    const aliases = mtls?.aliasesAt ? endpointAliases(metadata, issuer, mtls.aliasesAt) : null;
    this.metadata = Object.freeze({ ...metadata, ...(aliases && { mtls_endpoint_aliases: aliases }) });
  }

  /**
   * At the root, for an issuer without a path. For an issuer with one: where RFC 8414 3.1 and OIDC Discovery 4.1 put it, and still at the
   * root for a proxy that strips the path. For better-auth's clients: below our own base paths, in both forms.
   */
  private paths(): Set<string> {
    const issuerPath = new URL(this.settings.issuer).pathname.replace(/\/$/, '');
    return new Set(
      DOCUMENTS.flatMap((name) => [
        `/.well-known/${name}`,
        `/.well-known/${name}${issuerPath}`,
        `${issuerPath}/.well-known/${name}`,
        ...this.routes.basePaths.flatMap((base) => [`${base}/.well-known/${name}`, `/.well-known/${name}${base}`]),
      ]),
    );
  }

  private reply(): HttpReply {
    if (!this.metadata) throw AuthError.unavailable('the application has not started yet');
    return new HttpReply(this.metadata).header('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`);
  }
}
