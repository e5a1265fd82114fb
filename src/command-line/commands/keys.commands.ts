import { SIGNING_ALGORITHMS, SigningKeys, type SigningAlgorithm, type SigningKeyInfo } from '../../index.js';
import { Option } from 'commander';
import { CommandFailure } from '../command-failure.js';
import { requireCapability } from '../host/require-capability.js';
import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { moment, table } from '../output/table.js';
import { example, type AddCommands } from '../program.js';

/** `keys list`, `keys rotate`, `keys revoke`: the keys that sign tokens. */
export const keysCommands: AddCommands = (program, action) => {
  const keys = program.command('keys').description('the keys that sign tokens');
  keys
    .command('list')
    .description('list the published keys and their times')
    .addHelpText('after', example('keys list'))
    .action(action(list));
  keys
    .command('rotate')
    .description('publish new keys, which sign once no verifier can hold a key set without them')
    .addOption(new Option('--algorithm <name>', 'only the key of this algorithm').choices(SIGNING_ALGORITHMS))
    .addHelpText('after', example('keys rotate'))
    .action(action(rotate));
  keys
    .command('revoke')
    .description('end a key that has leaked, at once and on every node')
    .argument('<kid>', 'id of the key, as the list shows it')
    .option('--yes', 'do not ask')
    .addHelpText('after', example('keys revoke Hx3Y0OmEh8Lj0wCfC4Nn1gqf3cJmJ0sXzvHkq9V5k2s'))
    .action(action(revoke));
};

async function list(invocation: Invocation): Promise<Answer> {
  const keys = await (await open(invocation)).list();
  return { text: tableOf(keys), json: { keys } };
}

async function rotate(invocation: Invocation, { algorithm }: { algorithm?: SigningAlgorithm }): Promise<Answer> {
  const service = await open(invocation);
  const before = await requireOwnAlgorithms(service);
  if (algorithm !== undefined && !service.algorithms.has(algorithm))
    throw CommandFailure.usage(`These options sign with ${[...service.algorithms].join(', ')}, not with ${algorithm}.`);
  const keys = await service.rotate(algorithm);
  const known = new Set(before.map(({ kid }) => kid));
  const made = keys.filter(({ kid }) => !known.has(kid));
  if (made.length === 0) invocation.tell('A rotation is under way already; no further key was made.');
  for (const { kid, activeFrom } of made) invocation.tell(`Made ${kid}, which signs from ${moment(activeFrom)} on.`);
  return { text: tableOf(keys), json: { made: made.map(({ kid }) => kid), keys } };
}

async function revoke(invocation: Invocation, kid: string, options: { yes?: boolean }): Promise<Answer> {
  const service = await open(invocation);
  const before = await requireOwnAlgorithms(service);
  const key = before.find((one) => one.kid === kid);
  if (!key) throw CommandFailure.failed(`No published key is called ${kid}. Look at: npx nest-authority keys list`);
  await invocation.confirm(`Every token signed by ${kid} (${key.algorithm}) ends now. Revoke the key?`, options);
  await service.revoke(kid);
  const keys = await service.list();
  invocation.tell(`Revoked ${kid}. Verifiers that hold a copy of the key set trust it until their copy is too old.`);
  return { text: tableOf(keys), json: { revoked: kid, keys } };
}

async function open(invocation: Invocation): Promise<SigningKeys> {
  await requireCapability(invocation, 'jwt');
  return (await invocation.open()).get(SigningKeys, { strict: false });
}

/**
 * A change also retires keys of algorithms that are no longer in use; with options that are not the server's, these would be the ones that it
 * signs with.
 */
async function requireOwnAlgorithms(service: SigningKeys): Promise<readonly SigningKeyInfo[]> {
  const keys = await service.list();
  const foreign = keys.find(({ algorithm, state }) => state === 'current' && !service.algorithms.has(algorithm));
  if (!foreign) return keys;
  throw CommandFailure.failed(
    `The server signs with ${foreign.algorithm}, and these options with ${[...service.algorithms].join(', ')}. Give the options of the server: ` +
      '--options <file>.',
  );
}

function tableOf(keys: readonly SigningKeyInfo[]): string {
  const rows = keys.map(({ kid, algorithm, state, activeFrom, publishedUntil }) => [
    kid,
    algorithm,
    state,
    activeFrom ? moment(activeFrom) : 'never',
    publishedUntil ? moment(publishedUntil) : 'no end',
  ]);
  return table(
    ['KID', 'ALGORITHM', 'STATE', 'SIGNS FROM', 'PUBLISHED UNTIL'],
    rows,
    'There are no signing keys yet. The server makes them at its start.',
  );
}
