import type { ClientPolicy } from '../metadata/client-metadata.js';

/** What a server sets for clients that it knows by their document alone: nothing of it comes from the document. */
export const DOCUMENT_POLICY: Partial<ClientPolicy> = Object.freeze({ requirePkce: true });
