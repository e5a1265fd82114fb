import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { example, type AddCommands } from '../program.js';
import { findUser } from './find-user.js';
import { addAccountCommands } from './user-account.commands.js';

/** `users create`, `users list`, `users set-roles`, `users disable`, `users forget`. */
export const usersCommands: AddCommands = (program, action) => {
  const users = program.command('users').description('the users of the server');
  addAccountCommands(users, action);
  users
    .command('disable')
    .description('bar a user: their sessions, tokens and API keys end, and they cannot sign in')
    .argument('<user>', 'id or e-mail address')
    .addHelpText('after', example('users disable ada@example.com'))
    .action(action(disable));
  users
    .command('forget')
    .description('delete a user and everything they hold, for good')
    .argument('<user>', 'id or e-mail address')
    .option('--yes', 'do not ask')
    .addHelpText('after', example('users forget ada@example.com --yes'))
    .action(action(forget));
};

async function disable(invocation: Invocation, name: string): Promise<Answer> {
  const { service, user } = await findUser(invocation, name);
  await service.disable(user.id);
  return {
    text: `Disabled ${user.email} (${user.id}). Their sessions, tokens and API keys have ended.`,
    json: { id: user.id, email: user.email, state: 'disabled' },
  };
}

async function forget(invocation: Invocation, name: string, options: { yes?: boolean }): Promise<Answer> {
  const { service, user } = await findUser(invocation, name);
  await invocation.confirm(
    `${user.email} (${user.id}) and everything they hold are deleted, for good. Forget them?`,
    options,
  );
  await service.forget(user.id);
  return {
    text: `Deleted ${user.email} (${user.id}) and everything they held.`,
    json: { id: user.id, email: user.email, state: 'forgotten' },
  };
}
