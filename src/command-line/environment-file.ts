import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { CommandFailure } from './command-failure.js';
import type { Io } from './io.js';

/**
 * Reads the file of `--env-file`, for us and for the module with the options. What is set already stays.
 * @throws CommandFailure when it cannot be read
 */
export function withEnvironmentFile(io: Io, file: string | undefined): Io {
  if (file === undefined) return io;
  const path = resolve(io.folder, file);
  const read = parse(path);
  Object.assign(process.env, { ...read, ...process.env });
  return { ...io, env: { ...read, ...io.env } };
}

function parse(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    throw CommandFailure.usage(
      `--env-file: ${path} cannot be read (${(error as Error).message}). Give a file that exists.`,
    );
  }
}
