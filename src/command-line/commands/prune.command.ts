import { Sweeper } from '../../common/sweeper/sweeper.js';
import { EXIT } from '../command-failure.js';
import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { table } from '../output/table.js';
import { example, type AddCommands } from '../program.js';

const BATCH_ROWS = 1_000;

/** `prune`: what servers do every ten minutes, now. */
export const pruneCommand: AddCommands = (program, action) => {
  program
    .command('prune')
    .description('delete expired rows now, as servers do in the background')
    .addHelpText('after', example('prune'))
    .action(action(prune));
};

async function prune(invocation: Invocation): Promise<Answer> {
  const sweeper = (await invocation.open()).get(Sweeper, { strict: false });
  const failed: string[] = [];
  let isIdle = false;
  const deleted = await sweeper.sweep({
    onIdle: () => (isIdle = true),
    // A line for each full batch: what takes long is seen to go on, and what is done at once says nothing.
    onBatch: (task, rows) => rows > 0 && rows % BATCH_ROWS === 0 && invocation.tell(`${task}: ${rows} rows so far`),
    onFailure: (task) => failed.push(task),
  });
  if (isIdle) invocation.tell('Nothing was deleted here: a server is deleting expired rows at this moment.');
  const rows = Object.entries(deleted).filter(([, count]) => count > 0);
  const text = table(
    ['TABLE', 'DELETED'],
    rows.map(([name, count]) => [name, String(count)]),
    'No row has expired.',
  );
  return {
    text: isIdle ? '' : text,
    json: { ran: !isIdle, deleted, failed },
    exitCode: failed.length > 0 ? EXIT.failed : EXIT.done,
  };
}
