import { CommanderError } from 'commander';
import { CommandFailure, EXIT } from './command-failure.js';
import { COMMANDS } from './commands.js';
import { Invocation } from './invocation.js';
import type { Io } from './io.js';
import { writeAnswer } from './output/answer.js';
import { plain } from './output/plain.js';
import { sentenceOf } from './output/sentence-of.js';
import { createProgram, flagsOf, type ActionOf } from './program.js';

/**
 * Runs one command.
 * @param argv what stands behind the name of the program
 * @returns the exit code
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const program = createProgram(io);
  let exitCode: number = EXIT.done;
  const action: ActionOf =
    (work) =>
    async (...args) => {
      const flags = flagsOf(program);
      const invocation = new Invocation(io, flags);
      try {
        const answer = await work(invocation, ...args);
        writeAnswer(answer, flags, io);
        exitCode = answer.exitCode ?? EXIT.done;
      } finally {
        await invocation.close();
      }
    };
  for (const add of COMMANDS) add(program, action);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // The parser has said what is wrong itself; help and version end this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    io.err(`${plain(sentenceOf(error))}\n`);
    return error instanceof CommandFailure ? error.exitCode : EXIT.failed;
  }
}
