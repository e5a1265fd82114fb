import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { COMMANDS } from '../../src/command-line/commands.js';
import { CHECKS } from '../../src/command-line/doctor/checks.js';
import { createProgram } from '../../src/command-line/program.js';
import { processIo } from '../../src/command-line/io.js';

const GUIDE = readFileSync('docs/guides/command-line.md', 'utf8');

/** Every command that does something, with its help. */
function commands(): { path: string; help: string }[] {
  let written = '';
  const program = createProgram({ ...processIo, out: (text) => void (written += text) });
  for (const add of COMMANDS) add(program, () => async () => undefined);
  const leaves = (command: Command, path: string): { path: string; help: string }[] => {
    if (command.commands.length > 0) return command.commands.flatMap((one) => leaves(one, `${path} ${one.name()}`));
    written = '';
    command.outputHelp();
    return [{ path, help: written }];
  };
  return program.commands.flatMap((command) => leaves(command, command.name()));
}

describe('docs/guides/command-line.md', () => {
  it.each(commands())('has $path, whose help has an example of it', ({ path, help }) => {
    expect(GUIDE).toContain(`npx nest-authority ${path}`);
    expect(help).toContain(`Example:\n  $ npx nest-authority ${path}`);
  });

  it('has every check of the doctor, under the heading to which the answer leads', () => {
    const headings = [...GUIDE.matchAll(/^### (\S+)$/gm)].map(([, id]) => id);
    expect(headings).toEqual(CHECKS.map(({ id }) => id));
  });
});
