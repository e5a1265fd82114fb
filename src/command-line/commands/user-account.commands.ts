import { Option, type Command } from 'commander';
import { UsersService, type UserListing } from '../../index.js';
import { CommandFailure } from '../command-failure.js';
import { requireCapability } from '../host/require-capability.js';
import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { moment, table } from '../output/table.js';
import { example, type ActionOf } from '../program.js';
import { findUser } from './find-user.js';
import { wholeNumber } from './option-values.js';

/** `users create`, `users list`, `users set-roles`. */
export function addAccountCommands(users: Command, action: ActionOf): void {
  const repeat = (value: string, before: readonly string[] = []) => [...before, value];
  users
    .command('create')
    .description('create a user; without a password they set one by a link, or sign in by another way')
    .argument('<email>')
    .option('--name <text>', 'as other people read it')
    .option('--role <role>', 'a role they have; may be given again', repeat)
    .option('--verified', 'the address is theirs')
    .option('--password-from <variable>', 'the environment variable that has their password')
    .addHelpText('after', example('users create ada@example.com --role admin --verified --password-from ADA_PASSWORD'))
    .action(action(create));
  users
    .command('list')
    .description('list users by how their address, name or id begins')
    .argument('[beginning]')
    .addOption(
      new Option('--by <what>', 'what begins so, which is also the order')
        .choices(['email', 'name', 'id'])
        .default('email'),
    )
    .option('--limit <number>', 'at most this many, up to 500', wholeNumber('--limit', 1, 500), 100)
    .option('--after <place>', 'go on from there, as the answer before said')
    .addHelpText('after', example('users list ada --by name'))
    .action(action(list));
  users
    .command('set-roles')
    .description('replace the roles of a user; their sessions and tokens end')
    .argument('<user>', 'id or e-mail address')
    .argument('[roles...]', 'none: they have no role any more')
    .addHelpText('after', example('users set-roles ada@example.com admin editor'))
    .action(action(setRoles));
}

interface CreateOptions {
  readonly name?: string;
  readonly role?: readonly string[];
  readonly verified?: boolean;
  readonly passwordFrom?: string;
}

async function create(invocation: Invocation, email: string, options: CreateOptions): Promise<Answer> {
  const service = await open(invocation);
  const password = options.passwordFrom === undefined ? undefined : passwordIn(invocation, options.passwordFrom);
  const user = await service.create({
    email,
    ...(options.name !== undefined && { name: options.name }),
    ...(password !== undefined && { password }),
    roles: options.role ?? [],
    emailVerified: options.verified ?? false,
  });
  if (!user) throw CommandFailure.failed(`Somebody has the address ${JSON.stringify(email)}.`);
  return { text: `Created ${user.email} (${user.id}).`, json: { user } };
}

/** Not on the command line, where other processes of the machine read it. */
function passwordIn({ io }: Invocation, variable: string): string {
  const password = io.env[variable];
  if (password) return password;
  throw CommandFailure.usage(
    `--password-from: there is no environment variable ${JSON.stringify(variable)}, or it is empty.`,
  );
}

async function list(
  invocation: Invocation,
  prefix: string | undefined,
  { by, limit, after }: { readonly by: UserListing['by']; readonly limit: number; readonly after?: string },
): Promise<Answer> {
  const { users, next } = await (
    await open(invocation)
  ).list({ by, limit, prefix: prefix ?? '', after: after ?? null });
  if (next !== null) invocation.tell(`There are more: --after ${next}`);
  const rows = users.map((user) => [
    user.id,
    user.email,
    user.name,
    (user.roles ?? []).join(' '),
    moment(user.createdAt),
  ]);
  return {
    text: table(['ID', 'E-MAIL', 'NAME', 'ROLES', 'SINCE'], rows, 'There is no such user.'),
    json: { users, next },
  };
}

async function setRoles(invocation: Invocation, name: string, roles: readonly string[]): Promise<Answer> {
  const { service, user } = await findUser(invocation, name);
  await service.setRoles(user.id, roles);
  const has = roles.length === 0 ? 'no role' : `the roles ${roles.join(', ')}`;
  return {
    text: `${user.email} (${user.id}) has ${has}. Their sessions and tokens have ended.`,
    json: { id: user.id, email: user.email, roles },
  };
}

async function open(invocation: Invocation): Promise<UsersService> {
  await requireCapability(invocation, 'accounts');
  return (await invocation.open()).get(UsersService, { strict: false });
}
