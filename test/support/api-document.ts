import { createMigratedDatabase } from './migrated-database.js';
import { startDemo, type DemoProcess } from './demo.js';

export interface Media {
  readonly schema: Record<string, unknown>;
  readonly example?: unknown;
}
/** An operation as the document has it. */
export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>>; readonly headers?: Record<string, object> }>
  >;
}
export interface ApiDocument {
  readonly openapi: string;
  readonly info: Record<string, unknown>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
}

export interface NamedOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

export function operationsOf({ paths }: Pick<ApiDocument, 'paths'>): NamedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** The token that opens the administration of the demo in these tests. */
export const DEMO_ADMINISTRATION = 'let me in';

/** The demo as `npm start` runs it, with administration, and its API document. */
export async function startDocumentedDemo(): Promise<{
  readonly demo: DemoProcess;
  readonly document: ApiDocument;
  close(): Promise<void>;
}> {
  const database = await createMigratedDatabase();
  const demo = await startDemo(database.url, { AUTH_ADMIN_TOKEN: DEMO_ADMINISTRATION });
  await demo.ready();
  const document = (await (await fetch(`${demo.url}/docs-json`)).json()) as ApiDocument;
  return {
    demo,
    document,
    close: async () => {
      await demo.end('SIGTERM');
      await database.drop();
    },
  };
}
