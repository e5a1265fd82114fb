import type { INestApplicationContext } from '@nestjs/common';
import { CommandFailure } from './command-failure.js';
import { withEnvironmentFile } from './environment-file.js';
import { connect } from './host/connect.js';
import { openContext } from './host/open-context.js';
import { readHost, type Host } from './host/read-host.js';
import type { Io } from './io.js';
import { plain } from './output/plain.js';

/** Options that every command has. */
export interface Flags {
  readonly options?: string;
  readonly envFile?: string;
  readonly json: boolean;
}

/** One run of one command: what it is given, and what it opens on the way. */
export class Invocation {
  private host: Promise<Host> | undefined;
  private context: Promise<INestApplicationContext> | undefined;

  readonly io: Io;

  /** @throws CommandFailure when the file with the environment cannot be read */
  constructor(
    io: Io,
    readonly flags: Flags,
  ) {
    this.io = withEnvironmentFile(io, flags.envFile);
  }

  /** The options of the server and its data source, which is not connected yet. @throws CommandFailure */
  async readHost(): Promise<Host> {
    return (this.host ??= readHost(this.io, this.flags));
  }

  /** The host with its data source connected. @throws CommandFailure */
  async connect(): Promise<Host> {
    const host = await this.readHost();
    await connect(host);
    return host;
  }

  /** The services of the module set: no server, no background work. @throws CommandFailure when the server would not start */
  async open(): Promise<INestApplicationContext> {
    const host = await this.connect();
    return (this.context ??= openContext(host, this.io));
  }

  /** A line for people, beside the answer. */
  tell(text: string): void {
    this.io.err(`${plain(text)}\n`);
  }

  /** @throws CommandFailure unless `--yes` was given or somebody at the terminal agrees */
  async confirm(question: string, { yes = false }: { readonly yes?: boolean }): Promise<void> {
    if (yes) return;
    if (!this.io.isTerminal) throw CommandFailure.usage(`${question} Nobody is there to be asked: give --yes.`);
    const answer = await this.io.ask(`${plain(question)} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw CommandFailure.failed('Nothing was changed.');
  }

  async close(): Promise<void> {
    const context = await this.context?.catch(() => undefined);
    await context?.close();
    const host = await this.host?.catch(() => undefined);
    if (host?.dataSource?.isInitialized) await host.dataSource.destroy();
  }
}
