import { Inject, Injectable } from '@nestjs/common';
import { DpopProofs } from '../../dpop/dpop-proofs.js';
import { AuthError } from '../../errors/auth-error.js';
import { CORE_SETTINGS, type CoreSettings } from '../../options/core-options.js';
import { HostPorts } from '../../ports/port.js';
import { DOCUMENT_CACHE_CONTROL, ResourceDocuments } from '../../resources/resource-documents.js';
import type { ResourceSettings } from '../../resources/resource.settings.js';
import { header } from '../request/headers.js';
import { HttpReply } from '../request/reply.js';
import { RootRoutes } from './root-routes.js';

/** Serves the documents of protected resources (RFC 9728 3), beside the other documents of an application that has everything. */
@Injectable()
export class ResourceMetadataRoutes {
  constructor(
    private readonly rootRoutes: RootRoutes,
    private readonly ports: HostPorts,
    private readonly proofs: DpopProofs,
    @Inject(CORE_SETTINGS) private readonly settings: CoreSettings,
  ) {}

  /** Call it from `onModuleInit`. @param named by decorators: the issuer has a document where it is one of them */
  serve(named: readonly ResourceSettings[]): void {
    const { issuer, resources, mtls } = this.settings;
    const documents = new ResourceDocuments([...new Set([...resources.all, ...named])], {
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
