import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compile, startServer, type ServerProcess } from './server-process.js';

const START = 'tsc && node dist/main.js';

/** An application of `examples/`, running; its address is its issuer too, if it is one. */
export type ExampleProcess = ServerProcess;

/** An application of `examples/`, compiled beside what `npm install` would bring. */
export interface BuiltExample {
  /** What its `npm start` does after compiling. The environment is this one alone. @throws Error with its exit code and output, should it end */
  start(env?: Readonly<Record<string, string>>): Promise<ExampleProcess>;
  remove(): Promise<void>;
}

/** Builds an example and starts it. Stopping it removes what was built. */
export async function startExample(
  name: string,
  { env = {} }: { env?: Readonly<Record<string, string>> } = {},
): Promise<ExampleProcess> {
  const example = await buildExample(name);
  try {
    const running = await example.start(env);
    return { ...running, stop: () => running.stop().then(example.remove) };
  } catch (error) {
    await example.remove();
    throw error;
  }
}

/** Compiles a copy, so that it sees this package as it is built (`dist/`, `exports`) and nothing else of this repository. */
export async function buildExample(name: string): Promise<BuiltExample> {
  const { folder, remove } = await placeExample(name);
  try {
    const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    if (scripts.start !== START) throw new Error(`examples/${name}: "start" is not "${START}"`);
    await compile(folder);
  } catch (error) {
    await remove();
    throw error;
  }
  return { start: (env = {}) => startServer(folder, 'dist/main.js', env), remove };
}

/** A copy beside what `npm install` would bring. */
export async function placeExample(name: string): Promise<{ folder: string; remove(): Promise<void> }> {
  const place = await mkdtemp(join(tmpdir(), 'nest-authority-example-'));
  const folder = join(place, name);
  await cp(join('examples', name), folder, { recursive: true, filter: (path) => !isMade(path) });
  await symlink(resolve('node_modules'), join(place, 'node_modules'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(resolve('.'), join(folder, 'node_modules/nest-authority'));
  return { folder, remove: () => rm(place, { recursive: true, force: true }) };
}

const isMade = (path: string) => /[\\/](node_modules|dist|\.data)$/.test(path);
