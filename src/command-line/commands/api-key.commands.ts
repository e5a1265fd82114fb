import { InvalidArgumentError, type Command } from 'commander';
import { ApiKeysService, type ApiKeyOwner, type CreateApiKey } from '../../index.js';
import { CommandFailure } from '../command-failure.js';
import { requireCapability } from '../host/require-capability.js';
import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { facts, moment } from '../output/table.js';
import { example, type ActionOf, type AddCommands } from '../program.js';
import { findUser } from './find-user.js';
import { secondsOf } from './option-values.js';

type Permissions = NonNullable<CreateApiKey['permissions']>;

interface CreateOptions {
  readonly user?: string;
  readonly organization?: string;
  readonly service?: string;
  readonly name?: string;
  readonly config?: string;
  readonly scope?: readonly string[];
  readonly permission?: Permissions;
  readonly expiresIn?: number;
}

/** `api-key create`, `api-key revoke`. */
export const apiKeyCommands: AddCommands = (program, action) => {
  const apiKey = program.command('api-key').description('API keys of users, organisations and services');
  addCreate(apiKey, action);
  apiKey
    .command('revoke')
    .description('end a key for good, at once and on every node')
    .argument('<key-id>', 'id of the key, not the key itself')
    .option('--reason <text>', 'shown in lists of keys', 'revoked')
    .addHelpText('after', example('api-key revoke 0198c0de-7c1a-7000-8000-000000000001 --reason leaked'))
    .action(action(revoke));
};

function addCreate(apiKey: Command, action: ActionOf): void {
  const repeat = (value: string, before: readonly string[] = []) => [...before, value];
  apiKey
    .command('create')
    .description('make a key, which is shown once')
    .option('--user <user>', 'its owner: a user, by id or e-mail address')
    .option('--organization <id>', 'its owner: an organisation')
    .option('--service <id>', 'its owner: a service')
    .option('--name <text>', 'what the key is for')
    .option('--config <id>', 'the configuration that it belongs to')
    .option('--scope <scope>', 'a scope; may be given again', repeat)
    .option('--permission <resource=action,…>', 'actions on a resource; may be given again', permission)
    .option(
      '--expires-in <duration>',
      'lifetime, e.g. 90d; default: as the configuration says',
      secondsOf('--expires-in'),
    )
    .addHelpText('after', example('api-key create --service reporting --name Production --scope reports:read'))
    .action(action(create));
}

async function create(invocation: Invocation, options: CreateOptions): Promise<Answer> {
  const { name, config, scope, permission: permissions, expiresIn } = options;
  const given = ownerOf(options);
  const service = await open(invocation);
  const { file } = await invocation.readHost();
  if (file === null)
    invocation.tell('The environment says nothing of the prefix and the limits of keys: the defaults apply.');
  const owner = given.kind === 'user' ? { ...given, id: (await findUser(invocation, given.id)).user.id } : given;
  const made = await service.create({
    owner,
    ...(name !== undefined && { name }),
    ...(config !== undefined && { configId: config }),
    ...(scope && { scopes: [...scope] }),
    ...(permissions && { permissions }),
    ...(expiresIn !== undefined && { expiresIn }),
  });
  invocation.tell('The key is shown this once. Keep it where it is used.');
  const text = facts([
    ['Key', made.key],
    ['Id', made.id],
    ['Owner', `${made.ownerKind} ${made.referenceId}`],
    ['Name', made.name],
    ['Scopes', made.scopes.join(' ')],
    ['Expires', made.expiresAt ? moment(made.expiresAt) : 'never'],
  ]);
  return { text, json: { apiKey: made } };
}

async function revoke(invocation: Invocation, keyId: string, { reason }: { reason: string }): Promise<Answer> {
  const service = await open(invocation);
  await service.revoke(keyId, reason);
  const apiKey = await service.get(keyId);
  return { text: `Revoked ${apiKey.name ?? apiKey.start} (${apiKey.id}).`, json: { apiKey } };
}

async function open(invocation: Invocation): Promise<ApiKeysService> {
  await requireCapability(invocation, 'apiKeys');
  return (await invocation.open()).get(ApiKeysService, { strict: false });
}

function ownerOf({ user, organization, service }: CreateOptions): ApiKeyOwner {
  const owners = [
    ...(user === undefined ? [] : [{ kind: 'user', id: user } as const]),
    ...(organization === undefined ? [] : [{ kind: 'organization', id: organization } as const]),
    ...(service === undefined ? [] : [{ kind: 'service', id: service } as const]),
  ];
  if (owners.length === 1) return owners[0]!;
  throw CommandFailure.usage('A key has one owner: give exactly one of --user, --organization and --service.');
}

function permission(text: string, before: Permissions = {}): Permissions {
  const [, resource, actions] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (resource === undefined || actions === undefined)
    throw new InvalidArgumentError('Give a resource and its actions, e.g. files=read,write.');
  return { ...before, [resource]: [...(before[resource] ?? []), ...actions.split(',')] };
}
