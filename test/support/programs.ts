import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { until } from './until.js';

/** A server that a package of Debian brings. */
export interface Program {
  readonly port: number;
  stop(): Promise<void>;
}

const PLACES = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/usr/local/bin'];
const programOf = (name: string) => PLACES.map((place) => join(place, name)).find((path) => existsSync(path));

/** Says so when it is not. @param what is left out then */
export function isInstalled(name: string, what: string): boolean {
  if (programOf(name) !== undefined) return true;
  process.stdout.write(`SKIPPED, since no ${name} is installed: ${what}\n`);
  return false;
}

/** One of this test alone, on a free port. */
export async function startProgram(name: string, argumentsFor: (port: number) => readonly string[]): Promise<Program> {
  const port = await freePort();
  const child = spawn(programOf(name)!, argumentsFor(port), { stdio: 'ignore' });
  await until(`${name} listens`, () => answers(port));
  return { port, stop: () => stop(child) };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.end() !== undefined));
    socket.on('error', () => resolve(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
