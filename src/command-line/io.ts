import { createInterface } from 'node:readline';

/** What a command sees of the world. */
export interface Io {
  /** Answers, and nothing else. */
  out(text: string): void;
  /** Messages and progress. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly folder: string;
  /** Whether somebody is there who can be asked. */
  readonly isTerminal: boolean;
  ask(question: string): Promise<string>;
  /** Milliseconds since 1970, by this machine's clock. */
  now(): number;
}

/** This process. */
export const processIo: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  folder: process.cwd(),
  isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
  ask: (question) =>
    new Promise((resolve) => {
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      // Ctrl+C and Ctrl+D end it without an answer, which is none to any question.
      terminal.on('SIGINT', () => terminal.close());
      terminal.on('close', () => resolve(''));
      terminal.question(question, (answer) => {
        resolve(answer);
        terminal.close();
      });
    }),
  now: () => Date.now(),
};
