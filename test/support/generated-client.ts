import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ApiDocument } from './api-document.js';

const COMPILER = fileURLToPath(new URL('compile-client.mjs', import.meta.url));
const FETCH = new URL('../../node_modules/openapi-fetch/dist/index.mjs', import.meta.url).href;
const RUN = `
import createClient from '${FETCH}';
import { calls } from './calls.js';
console.log(JSON.stringify(await calls(createClient({ baseUrl: process.argv[2] }))));
`;

export interface CompiledCalls {
  /** What the compiler says, by file; a file whose calls fit the document has none. */
  readonly problems: Readonly<Record<string, readonly string[]>>;
  /** Runs `calls` of `calls.ts` in a process of its own, with a client for a server. @returns what it returns */
  run(url: string): Promise<unknown>;
  remove(): Promise<void>;
}

/**
 * Generates the types of a document, as a user of openapi-typescript does, and compiles calls against them.
 * @param sources TypeScript by file name, `calls.ts` among them; they import types from `./api.js` and `openapi-fetch`
 */
export async function compileCalls(
  document: ApiDocument,
  sources: Readonly<Record<string, string>>,
): Promise<CompiledCalls> {
  const folder = await mkdtemp(join(tmpdir(), 'nest-authority-client-'));
  const files = {
    'api.json': JSON.stringify(document),
    'package.json': '{ "type": "module" }',
    'run.js': RUN,
    ...sources,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  const run = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout) as unknown;
  };
  return {
    problems: (await run(COMPILER, folder, ...Object.keys(sources))) as CompiledCalls['problems'],
    run: (url) => run(join(folder, 'run.js'), url),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
