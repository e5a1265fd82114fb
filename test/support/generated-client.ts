import openapiTS, { astToString } from 'openapi-typescript';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import type { ApiDocument } from './api-document.js';

const FETCH_TYPES = fileURLToPath(new URL('../../node_modules/openapi-fetch/dist/index.d.mts', import.meta.url));

const RUN = `
import createClient from '${new URL('../../node_modules/openapi-fetch/dist/index.mjs', import.meta.url).href}';
import { calls } from './calls.js';
console.log(JSON.stringify(await calls(createClient({ baseUrl: process.argv[2] }))));
`;

export interface CompiledCalls {
  /** What the compiler says; empty when the calls fit the document. */
  readonly problems: readonly string[];
  /** Runs `calls` of the source in a process of its own, with a client for a server. @returns what it returns */
  run(url: string): Promise<unknown>;
  remove(): Promise<void>;
}

/**
 * Generates the types of a document, as a user of openapi-typescript does, and compiles calls against them.
 * @param source TypeScript; imports types from `./api.js` and `openapi-fetch`
 */
export async function compileCalls(document: ApiDocument, source: string): Promise<CompiledCalls> {
  const folder = await mkdtemp(join(tmpdir(), 'nest-authority-client-'));
  const types = astToString(await openapiTS(JSON.stringify(document)));
  await Promise.all([
    writeFile(join(folder, 'api.ts'), types),
    writeFile(join(folder, 'calls.ts'), source),
    writeFile(join(folder, 'package.json'), '{ "type": "module" }'),
  ]);
  const program = ts.createProgram([join(folder, 'calls.ts')], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    paths: { 'openapi-fetch': [FETCH_TYPES] },
    strict: true,
    skipLibCheck: true,
    types: [],
    outDir: folder,
  });
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return {
    problems,
    run: async (url) => {
      program.emit();
      await writeFile(join(folder, 'run.js'), RUN);
      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'run.js'), url]);
      return JSON.parse(stdout) as unknown;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
