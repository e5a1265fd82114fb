import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_ADAPTER } from './adapter.js';
import { TEST_ISSUER } from './app.js';
import { send } from './http.js';
import { until } from './until.js';

const MAIN = fileURLToPath(new URL('../../dist/demo/main.js', import.meta.url));
/** A process that does not end after its signal is killed, and its test fails. */
const OVERDUE_MILLISECONDS = 15_000;
const ADDRESS = /address\s+http:\/\/localhost:(\d+)/;

export const DEMO_CREDENTIALS = { email: 'demo@example.com', password: 'demo-password' };

/** The compiled demo as a process of its own, as `npm start` runs it, on a free port. */
export interface DemoProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  status(path: string): Promise<number>;
  ready(): Promise<void>;
  /** @returns exit code, or the signal's name */
  end(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<number | string>;
}

export async function startDemo(databaseUrl: string, env: Record<string, string> = {}): Promise<DemoProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'nest-authority-demo-'));
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      AUTH_ISSUER: TEST_ISSUER,
      AUTH_SECRET: 'a secret of the demo for tests only 0123456789',
      AUTH_RATE_LIMITS: 'off',
      AUTH_HTTP_ADAPTER: DEFAULT_ADAPTER,
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (bytes) => void (output += String(bytes)));
  // `close`, not `exit`: the last output may arrive after the process has ended.
  const exited = once(child, 'close') as Promise<[number | null, string | null]>;
  void exited.then(() => rm(folder, { recursive: true, force: true }));
  const isUpOrOver = () => ADDRESS.test(output) || child.exitCode !== null || child.signalCode !== null;
  await until('the demo prints its address', isUpOrOver, 30).catch(async (error: unknown) => {
    // No caller knows the process yet, and a test run waits for its children.
    child.kill('SIGKILL');
    await exited;
    throw error;
  });
  const port = ADDRESS.exec(output)?.[1];
  if (!port) throw new Error(`the demo did not start:\n${output}`);
  const url = `http://127.0.0.1:${port}`;
  const status = async (path: string) => (await send(`${url}${path}`)).status;
  return {
    url,
    child,
    output: () => output,
    status,
    ready: () => until('the demo is ready', async () => (await status('/ready')) === 200, 30),
    end: async (signal) => {
      child.kill(signal);
      const overdue = setTimeout(() => child.kill('SIGKILL'), OVERDUE_MILLISECONDS);
      const [code, by] = await exited;
      clearTimeout(overdue);
      return code ?? by!;
    },
  };
}
