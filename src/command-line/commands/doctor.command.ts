import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { example, type AddCommands } from '../program.js';

/** `doctor`: looks for what is wrong with options, database and surroundings. */
export const doctorCommand: AddCommands = (program, action) => {
  program
    .command('doctor')
    .description('look for what is wrong with options, database and surroundings')
    .addHelpText('after', example('doctor --options ./dist/auth.options.js'))
    .action(action(doctor));
};

async function doctor(_invocation: Invocation): Promise<Answer> {
  return { text: '', json: { checks: [] } };
}
