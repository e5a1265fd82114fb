import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { apiDocument } from '../host/api-document.js';
import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { example, type AddCommands } from '../program.js';

/** `openapi`: the API document of the routes that these options give. */
export const openapiCommand: AddCommands = (program, action) => {
  program
    .command('openapi')
    .description('write the API document (OpenAPI 3.1) of these options; needs no database')
    .option('--out <file>', 'write it to a file, not to standard output')
    .option('--title <text>', 'title of the document', 'nest-authority')
    .addHelpText('after', example('openapi --out openapi.json'))
    .action(action(openapi));
};

async function openapi(invocation: Invocation, { out, title }: { out?: string; title: string }): Promise<Answer> {
  const document = await apiDocument(await invocation.readHost(), title, invocation.io);
  const paths = Object.keys(document.paths).length;
  if (out === undefined) return { text: JSON.stringify(document, null, 2), json: document };
  const path = resolve(invocation.io.folder, out);
  await writeFile(path, `${JSON.stringify(document, null, 2)}\n`);
  return { text: `Wrote ${paths} paths to ${path}.`, json: { file: path, paths } };
}
