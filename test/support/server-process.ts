import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { until } from './until.js';

const START_SECONDS = 30;
/** A server that does not end after its signal is killed. */
const OVERDUE_MILLISECONDS = 10_000;

/** A compiled application as a process of its own. */
export interface ServerProcess {
  /** `http://localhost:<port>` */
  readonly url: string;
  /** All that it has printed. */
  output(): string;
  stop(): Promise<void>;
}

/** Compiles the TypeScript project of a folder, as `tsc` there does. @throws Error with what the compiler says */
export async function compile(folder: string, ...args: string[]): Promise<void> {
  const program = resolve('node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [program, ...args], { cwd: folder }).catch(({ stdout }) => {
    throw new Error(`it does not compile:\n${String(stdout)}`);
  });
}

/**
 * Runs `node <file>` in the folder until it answers by HTTP on `PORT`, a free one unless it is given. The environment is this one alone.
 * @throws Error with its exit code and output, should it end before
 */
export async function startServer(
  folder: string,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const port = env['PORT'] ?? String(await freePort());
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [file], {
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
  const isUpOrOver = async () => hasEnded() || (await answers(url));
  await until('the server answers', isUpOrOver, START_SECONDS).catch(async (error: unknown) => {
    await stop();
    throw new Error(`${String(error)}:\n${output}`, { cause: error });
  });
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
