/**
 * The keeper: a process between the program and PostgreSQL, in a session of its own. PostgreSQL must not outlive the program, however the
 * program dies, and must not get the terminal's Ctrl-C before the program has finished with it. The program holds the other end of our
 * standard input; when the program is killed, the kernel closes it.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { SHUTDOWN_SIGNALS, SHUTDOWN_STEP_MS } from './postmaster.js';

/** Passed as JSON, the only argument. */
export interface KeeperOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly identity: { readonly uid?: number; readonly gid?: number };
  /** Deleted when PostgreSQL was stopped as ordered; kept when it ended by itself, so that the cause can be found. */
  readonly removeAfterwards: readonly string[];
}

const order = JSON.parse(process.argv[2] ?? '') as KeeperOrder;
// Our own output already goes to the log file; PostgreSQL shares it.
const server = spawn(order.command, order.args, { ...order.identity, stdio: ['ignore', 'inherit', 'inherit'] });
let stopping = false;

function stop(): void {
  if (stopping) return;
  stopping = true;
  SHUTDOWN_SIGNALS.forEach((signal, step) => setTimeout(() => server.kill(signal), step * SHUTDOWN_STEP_MS));
}

function leave(code: number): void {
  for (const path of stopping ? order.removeAfterwards : []) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      console.error(`The keeper could not delete ${path}: ${String(error)}`);
    }
  }
  process.exit(code);
}

server.on('exit', () => leave(stopping ? 0 : 1));
server.on('error', (error) => {
  console.error(`The keeper could not start ${order.command}: ${error.message}`);
  leave(1);
});
process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();
process.on('SIGTERM', stop).on('SIGINT', stop);
process.on('SIGHUP', () => undefined);
