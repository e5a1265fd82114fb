import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DpopProofs } from '../dpop/dpop-proofs.js';
import { AuthError } from '../errors/auth-error.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { HostPorts } from '../ports/port.js';
import { DOCUMENT_CACHE_CONTROL, ResourceDocuments } from '../resources/resource-documents.js';
import { header } from '../http/request/headers.js';
import { HttpReply } from '../http/request/reply.js';
import { RootRoutes } from '../http/edge/root-routes.js';
import { ProtectedRoutes } from './protected-routes.js';

/** Serves the documents of protected resources (RFC 9728 3), beside the other documents of an application that has everything. */
@Injectable()
export class ResourceMetadataRoutes implements OnModuleInit {
  constructor(
    private readonly routes: ProtectedRoutes,
    private readonly rootRoutes: RootRoutes,
    private readonly ports: HostPorts,
    private readonly proofs: DpopProofs,
    @Inject(CORE_SETTINGS) private readonly settings: CoreSettings,
  ) {}

  /**
   * The issuer has a document where a decorator names it.
   * @throws Error when one names a resource that there is not; stops the boot
   */
  onModuleInit(): void {
    const { issuer, resources, mtls } = this.settings;
    const documents = new ResourceDocuments([...new Set([...resources.all, ...this.routes.named()])], {
      // Without a provider here nobody is known who would give such tokens.
      authorizationServers: this.ports.authorizationServer.filled ? [issuer] : [],
      dpopAlgorithms: this.proofs.algorithms,
      takesCertificates: mtls !== null,
    });
    for (const path of documents.paths)
      this.rootRoutes.serveDocument(path, 'oauth', async (_etag, { headers, originalUrl, url = '' }) => {
        const found = documents.find({ host: header(headers, 'host'), url: originalUrl ?? url });
        if (!found) throw AuthError.notFound();
        return new HttpReply(found).header('Cache-Control', DOCUMENT_CACHE_CONTROL);
      });
  }
}
