import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { CommandWithIds } from './command-with-ids.js';
import type { Answer } from './output/answer.js';
import type { Flags, Invocation } from './invocation.js';
import type { Io } from './io.js';

/** Does the work of one command. @throws CommandFailure, AuthError */
export type Work<Args extends unknown[]> = (invocation: Invocation, ...args: Args) => Promise<Answer>;
/** Makes an action of the parser from the work of a command. */
export type ActionOf = <Args extends unknown[]>(work: Work<Args>) => (...args: Args) => Promise<void>;
/** Adds one command, or a group of them, to the program. */
export type AddCommands = (program: Command, action: ActionOf) => void;

/** Help that says what the exit codes and the settings are. */
const AFTER_HELP = `
Settings come from --options, NEST_AUTHORITY_OPTIONS or "nest-authority": { "options": "…" } in package.json: a compiled
module that exports what you give to AuthModule.forRoot. Without one: DATABASE_URL, AUTH_ISSUER and AUTH_SECRET.

Exit codes: 0 done; 1 failed, or found what it looks for (an error, a pending migration); 2 wrong usage or a missing setting.`;

/** The program without its commands. */
export function createProgram(io: Io): Command {
  return new CommandWithIds('nest-authority')
    .description('Administers a server with nest-authority: its database, keys, clients and users.')
    .version(version(), '--version', 'print the version')
    .option('--options <file>', 'compiled module with the options of the server')
    .option('--env-file <file>', 'file with environment variables, read first')
    .option('--json', 'answer in JSON, for programs')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', AFTER_HELP)
    .showHelpAfterError('(--help says more)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .exitOverride();
}

/** The options that stand before or behind any command. */
export function flagsOf(program: Command): Flags {
  return { json: false, ...program.opts<Partial<Flags>>() };
}

/** Help text with an example. */
export function example(...lines: string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ npx nest-authority ${line}`).join('\n')}`;
}

function version(): string {
  // From dist/src/command-line as from src/command-line, the next package.json above is the package's.
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const read = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string };
      return read.version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}
