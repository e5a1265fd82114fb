import type { Provider } from '@nestjs/common';
import { ClientDocumentStore } from './client-document.store.js';
import { ClientDocuments } from './client-documents.js';
import { DocumentFetch } from './document-fetch.js';
import { DocumentLimits } from './document-limits.js';
import { DocumentReader } from './document-reader.js';
import { DocumentWriter } from './document-writer.js';

export { documentSweeps } from './client-document.store.js';

/** Clients that publish their metadata. */
export const documentProviders: Provider[] = [
  ClientDocumentStore,
  DocumentLimits,
  DocumentFetch,
  DocumentReader,
  DocumentWriter,
  ClientDocuments,
];
