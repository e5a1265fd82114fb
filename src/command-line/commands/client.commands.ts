import { Option, type Command } from 'commander';
import { OAuthClientsService, type OAuthClientView } from '../../index.js';
import { requireCapability } from '../host/require-capability.js';
import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { facts, moment, table } from '../output/table.js';
import { example, type ActionOf, type AddCommands } from '../program.js';
import { CLIENT_KINDS, newClient, type NewClientOptions } from './new-client.js';
import { secondsOf, wholeNumber } from './option-values.js';

/** `client create`, `client list`, `client rotate-secret`, `client disable`. */
export const clientCommands: AddCommands = (program, action) => {
  const client = program.command('client').description('the OAuth clients that are registered');
  addCreate(client, action);
  client
    .command('list')
    .description('list the registered clients, the newest first')
    .option('--search <text>', 'the id, or a part of the name')
    .option('--limit <number>', 'at most this many, up to 500', wholeNumber('--limit', 1, 500), 100)
    .option('--offset <number>', 'after so many', wholeNumber('--offset', 0), 0)
    .addHelpText('after', example('client list --search reports'))
    .action(action(list));
  client
    .command('rotate-secret')
    .description('replace the secret of a client; the new one is shown once')
    .argument('<client-id>')
    .option('--overlap <duration>', 'how long the old one stays good, e.g. 1h', secondsOf('--overlap'), 0)
    .addHelpText('after', example('client rotate-secret 0198c0de-reports --overlap 24h'))
    .action(action(rotateSecret));
  client
    .command('disable')
    .description('stop a client: its tokens and codes end at once, for good')
    .argument('<client-id>')
    .addHelpText('after', example('client disable 0198c0de-reports'))
    .action(action(disable));
};

function addCreate(client: Command, action: ActionOf): void {
  const repeat = (value: string, before: readonly string[] = []) => [...before, value];
  client
    .command('create')
    .description('register a client; its secret is shown once')
    .option('--name <text>', 'its name, as users read it')
    .addOption(
      new Option('--kind <kind>', 'web: an application with a server; public: one without (single page, mobile)')
        .choices(CLIENT_KINDS)
        .default('web'),
    )
    .option('--redirect-uri <address>', 'where users are sent back to; may be given again', repeat)
    .option('--scope <scope>', 'a scope it may ask for, or, of a service, has; may be given again', repeat)
    .option('--first-party', 'it is yours: no page asks for consent if skipConsentForFirstParty is on')
    .option('--metadata <file>', 'JSON of RFC 7591; the other options come before its members')
    .addHelpText('after', example('client create --name Reports --redirect-uri https://reports.example.com/callback'))
    .action(action(create));
}

async function create(invocation: Invocation, options: NewClientOptions): Promise<Answer> {
  const { kind } = options;
  if (kind === 'service') await requireCapability(invocation, 'clientCredentials');
  if (kind === 'device') await requireCapability(invocation, 'device');
  const input = await newClient(options, invocation.io.folder);
  const made = await (await open(invocation)).register(input);
  return shown(invocation, made);
}

async function list(
  invocation: Invocation,
  listing: { readonly search?: string; readonly limit: number; readonly offset: number },
): Promise<Answer> {
  const { clients, total } = await (await open(invocation)).list(listing);
  if (total > clients.length) invocation.tell(`${clients.length} of ${total}; --offset shows others.`);
  const rows = clients.map((client) => [
    client.client_id,
    client.name,
    client.authenticationScheme === 'none' ? 'public' : client.authenticationScheme,
    client.disabled ? 'disabled' : 'enabled',
    client.registeredBy,
    moment(client.createdAt),
  ]);
  const text = table(
    ['CLIENT ID', 'NAME', 'PROVES ITSELF BY', 'STATE', 'REGISTERED BY', 'SINCE'],
    rows,
    'No client is registered.',
  );
  return { text, json: { clients, total } };
}

async function rotateSecret(
  invocation: Invocation,
  clientId: string,
  { overlap }: { overlap: number },
): Promise<Answer> {
  const client = await (await open(invocation)).rotateSecret(clientId, { overlapSeconds: overlap });
  return shown(invocation, client);
}

async function disable(invocation: Invocation, clientId: string): Promise<Answer> {
  const client = await (await open(invocation)).disable(clientId);
  return { text: `Disabled ${client.name} (${client.client_id}). Its tokens and codes have ended.`, json: { client } };
}

async function open(invocation: Invocation): Promise<OAuthClientsService> {
  await requireCapability(invocation, 'oauthProvider');
  return (await invocation.open()).get(OAuthClientsService, { strict: false });
}

function shown(invocation: Invocation, client: OAuthClientView): Answer {
  const text = facts([
    ['Client id', client.client_id],
    ['Client secret', client.client_secret ?? 'none: a public client'],
    ['Name', client.name],
    ['Grants', client.grant_types?.join(' ')],
    ['Redirects', client.redirectURLs.join(' ')],
    ['Scope', client.scope],
  ]);
  if (client.client_secret !== undefined)
    invocation.tell('The secret is shown this once. Keep it where the client reads it.');
  return { text, json: { client } };
}
