import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { until } from './until.js';

export interface Broker {
  readonly port: number;
  stop(): Promise<void>;
}

const PLACES = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/usr/local/bin'];
const programOf = (name: string) => PLACES.map((place) => join(place, name)).find((path) => existsSync(path));

const ARGUMENTS = {
  'redis-server': (port: number) => ['--bind', '127.0.0.1', '--port', `${port}`, '--save', '', '--appendonly', 'no'],
  'nats-server': (port: number) => ['--addr', '127.0.0.1', '--port', `${port}`],
};

/** Says so when it is not. */
export function isInstalled(name: keyof typeof ARGUMENTS): boolean {
  if (programOf(name) !== undefined) return true;
  process.stdout.write(`SKIPPED, since no ${name} is installed: messages over it\n`);
  return false;
}

/** A broker of this test alone, on a free port. */
export async function startBroker(name: keyof typeof ARGUMENTS): Promise<Broker> {
  const port = await freePort();
  const child = spawn(programOf(name)!, ARGUMENTS[name](port), { stdio: 'ignore' });
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
