import { Argument } from 'commander';
import { EXIT } from '../command-failure.js';
import type { Severity } from '../doctor/check.js';
import { CHECKS } from '../doctor/checks.js';
import { examine, type Entry } from '../doctor/examine.js';
import { Patient } from '../doctor/patient.js';
import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { plural } from '../output/table.js';
import { example, type AddCommands } from '../program.js';

/** `doctor`: looks for what is wrong with options, database and surroundings. */
export const doctorCommand: AddCommands = (program, action) => {
  program
    .command('doctor')
    .description('look for what is wrong with options, database and surroundings; exit code 1 if there is an error')
    .addArgument(new Argument('[check...]', 'only these').choices(CHECKS.map(({ id }) => id)))
    .addHelpText('after', example('doctor --options ./dist/auth.options.js'))
    .action(action(doctor));
};

async function doctor(invocation: Invocation, only: readonly string[]): Promise<Answer> {
  const patient = new Patient(await invocation.readHost(), invocation.io);
  try {
    const checks = await examine(
      patient,
      CHECKS.filter(({ id }) => only.length === 0 || only.includes(id)),
    );
    const count = (severity: Severity) => checks.filter((entry) => entry.severity === severity).length;
    const counts = { errors: count('error'), warnings: count('warning'), ok: count('ok'), skipped: count('skipped') };
    const summary = `${plural(counts.errors, 'error')}, ${plural(counts.warnings, 'warning')}, ${counts.ok} ok, ${counts.skipped} skipped.`;
    return {
      text: `${checks.map(paragraph).join('\n')}\n\n${summary}`,
      json: { ...counts, checks },
      exitCode: counts.errors > 0 ? EXIT.failed : EXIT.done,
    };
  } finally {
    await patient.close();
  }
}

/** What is fine takes a line; what is not also says what to do and where to read on. */
function paragraph({ id, severity, sentence, remedy, docs }: Entry): string {
  const indent = ' '.repeat(9);
  const first = `${severity.padEnd(8)} ${id}: ${sentence}`;
  return remedy === null ? first : [first, `${indent}${remedy}`, `${indent}${docs}`].join('\n');
}
