import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from '../../src/command-line/run.js';

export interface Ran {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
  /** Standard output as JSON. */
  readonly json: any;
}

export interface CommandLine {
  /** Where relative paths begin. */
  readonly folder: string;
  run(...argv: string[]): Promise<Ran>;
  /** With these variables besides. */
  with(env: Record<string, string | undefined>): CommandLine;
  /** At a terminal, where somebody gives this answer. */
  answering(answer: string): CommandLine & { readonly asked: string[] };
  /** With a clock that is so much ahead. */
  ahead(milliseconds: number): CommandLine;
  /** Writes a file into the folder. */
  write(name: string, text: string): string;
  remove(): void;
}

interface Surroundings {
  readonly env: Record<string, string | undefined>;
  readonly answer?: string;
  readonly asked?: string[];
  readonly aheadMilliseconds?: number;
}

/** The command line in this process, in a folder of its own: the same function that the program calls. */
export function commandLine(env: Record<string, string | undefined> = {}): CommandLine {
  // Inside the project, so that modules in it find its dependencies.
  mkdirSync('.cache', { recursive: true });
  return inFolder(mkdtempSync(resolve('.cache', 'command-line-')), { env });
}

function inFolder(folder: string, around: Surroundings): CommandLine {
  const { env, answer, asked = [], aheadMilliseconds = 0 } = around;
  return {
    folder,
    run: async (...argv) => {
      let out = '';
      let err = '';
      const code = await run(argv, {
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        env,
        folder,
        isTerminal: answer !== undefined,
        ask: async (question) => {
          asked.push(question);
          return answer!;
        },
        now: () => Date.now() + aheadMilliseconds,
      });
      return {
        code,
        out,
        err,
        get json() {
          return JSON.parse(out) as unknown;
        },
      };
    },
    with: (more) => inFolder(folder, { ...around, env: { ...env, ...more } }),
    answering: (text) => {
      const questions: string[] = [];
      return { ...inFolder(folder, { ...around, answer: text, asked: questions }), asked: questions };
    },
    ahead: (milliseconds) => inFolder(folder, { ...around, aheadMilliseconds: milliseconds }),
    write: (name, text) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
