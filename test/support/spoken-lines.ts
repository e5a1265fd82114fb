import { spawn } from 'node:child_process';

/** A program that is spoken with by lines. */
export interface Program {
  /** The next line that it writes and that passes, e.g. the one with an address. @throws Error when it ends before */
  line(passes?: (line: string) => boolean): Promise<string>;
  say(line: string): void;
  stop(): Promise<void>;
}

/** @param reads whether its lines are on its standard output, or on the one for errors */
export function startProgram(
  command: string,
  args: readonly string[],
  { env = {}, reads = 'stdout' }: { env?: Record<string, string>; reads?: 'stdout' | 'stderr' } = {},
): Program {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  const lines: string[] = [];
  const seen: string[] = [];
  let ended = false;
  let wake = () => {};
  let rest = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      seen.push(chunk);
      if (stream !== child[reads]) return;
      const parts = (rest + chunk).split('\n');
      rest = parts.pop()!;
      lines.push(...parts);
      wake();
    });
  }
  const end = new Promise<void>((resolve) =>
    child.once('close', () => {
      ended = true;
      wake();
      resolve();
    }),
  );
  return {
    async line(passes = () => true) {
      for (;;) {
        const found = lines.findIndex(passes);
        if (found >= 0) return lines.splice(0, found + 1).at(-1)!;
        if (ended) throw new Error(`${command} has ended: ${seen.join('').slice(-2_000)}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    say: (line) => void child.stdin.write(`${line}\n`),
    async stop() {
      child.stdin.end();
      child.kill();
      await end;
    },
  };
}
