import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { until } from './until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START = 'tsc && node dist/main.js';
const START_SECONDS = 30;
/** An example that does not end after its signal is killed. */
const OVERDUE_MILLISECONDS = 10_000;

/** An application of `examples/`, running. */
export interface ExampleProcess {
  /** `http://localhost:<port>`, which is its issuer too, if it is one. */
  readonly url: string;
  /** All that it has printed. */
  output(): string;
  stop(): Promise<void>;
}

/** An application of `examples/`, compiled beside what `npm install` would bring. */
export interface BuiltExample {
  /** What its `npm start` does after compiling. The environment is this one alone. @throws Error with its exit code and output, should it end */
  start(env?: Record<string, string>): Promise<ExampleProcess>;
  remove(): Promise<void>;
}

/** Builds an example and starts it. Stopping it removes what was built. */
export async function startExample(
  name: string,
  { env = {} }: { env?: Record<string, string> } = {},
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
  const place = await mkdtemp(join(tmpdir(), 'nest-authority-example-'));
  const folder = join(place, name);
  const remove = () => rm(place, { recursive: true, force: true });
  try {
    await cp(join(ROOT, 'examples', name), folder, { recursive: true, filter: (path) => !isMade(path) });
    await symlink(join(ROOT, 'node_modules'), join(place, 'node_modules'));
    await mkdir(join(folder, 'node_modules'));
    await symlink(ROOT, join(folder, 'node_modules/nest-authority'));
    const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    if (scripts.start !== START) throw new Error(`examples/${name}: "start" is not "${START}"`);
    await compile(folder);
  } catch (error) {
    await remove();
    throw error;
  }
  return { start: (env = {}) => run(folder, env), remove };
}

const isMade = (path: string) => /[\\/](node_modules|dist)$/.test(path);

async function compile(folder: string): Promise<void> {
  const program = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [program], { cwd: folder }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`it does not compile:\n${stdout}`);
  });
}

async function run(folder: string, env: Record<string, string>): Promise<ExampleProcess> {
  const port = env['PORT'] ?? String(await freePort());
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', PORT: port, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => void (output += String(bytes)));
  // `close`, not `exit`: the last output may arrive after the process has ended.
  const closed = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), OVERDUE_MILLISECONDS);
    await closed;
    clearTimeout(overdue);
  };
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  await until('the example answers', async () => hasEnded() || (await answers(url)), START_SECONDS).catch(
    async (error: unknown) => {
      await stop();
      throw new Error(`${String(error)}:\n${output}`, { cause: error });
    },
  );
  if (hasEnded()) {
    await closed;
    throw new Error(`it has ended with exit code ${child.exitCode}:\n${output}`);
  }
  return { url, output: () => output, stop };
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );
