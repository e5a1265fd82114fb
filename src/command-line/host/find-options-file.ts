import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandFailure } from '../command-failure.js';
import type { Flags } from '../invocation.js';
import type { Io } from '../io.js';

interface Manifest {
  readonly 'nest-authority'?: { readonly options?: unknown };
}

/**
 * The file that exports the options: of the command, else of the environment, else of package.json.
 * @returns null when none is named
 */
export async function findOptionsFile(io: Io, flags: Pick<Flags, 'options'>): Promise<string | null> {
  const named = flags.options ?? (io.env['NEST_AUTHORITY_OPTIONS'] || (await ofManifest(io.folder)));
  return named === undefined ? null : resolve(io.folder, named);
}

async function ofManifest(folder: string): Promise<string | undefined> {
  const path = join(folder, 'package.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return undefined;
  const options = parse(path, text)['nest-authority']?.options;
  if (options === undefined || typeof options === 'string') return options;
  throw CommandFailure.usage(
    `${path}: "nest-authority": { "options" } is no text. Give the path of a compiled module.`,
  );
}

function parse(path: string, text: string): Manifest {
  try {
    return (JSON.parse(text) ?? {}) as Manifest;
  } catch {
    throw CommandFailure.usage(`${path} is not JSON. Mend it, or give --options.`);
  }
}
