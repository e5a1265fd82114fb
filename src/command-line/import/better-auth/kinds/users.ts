import { isDisplayName, normaliseDisplayName } from '../../../../common/display-name.js';
import { normaliseEmail } from '../../../../common/email.js';
import { LEDGER_TABLE } from '../import-ledger.js';
import type { ImportContext, Kind, Mapped, PartFault } from '../kind.js';
import { asDate, asFlag, asText, type SourceRow } from '../source-values.js';
import type { Disabling } from '../target-holders.js';
import { lackedFactors, type LackedFactor } from './lacked-factors.js';

/** scrypt as better-auth writes it; `checkPassword` reads it, and replaces it at the next sign-in. */
const KNOWN_HASH = /^[0-9a-f]{32}:[0-9a-f]{128}$/;

const UNKNOWN_HASH = 'its hash is of a kind that is not known here; the user was moved without it';

/** Users with their passwords. Their ids stay. */
export const USERS: Kind = {
  name: 'users',
  model: 'user',
  table: { name: 'auth_user', key: 'id' },
  taken: 'a user with its id is here already',
  remedy: 'end the user here with `nest-authority users forget`, if that is right',
  map: mapUsers,
};

async function mapUsers(rows: readonly SourceRow[], context: ImportContext): Promise<Mapped[]> {
  const ids = rows.map(({ id }) => id);
  const emails = rows.map(({ email }) => normaliseEmail(asText(email) ?? ''));
  const passwords = await context.source.passwords(ids);
  const states = await context.holders.states(ids);
  const owners = await ownersOf(emails, context);
  const deleted = await deletedOf(ids, context);
  const lacking = await lackedFactors(rows, context);
  const mapped = rows.map((row, index): Mapped => {
    const email = emails[index];
    if (!email) return { fault: 'its e-mail address cannot be used here' };
    const owner = owners.get(email);
    if (owner !== undefined && owner !== row.id)
      return { fault: `its e-mail address, in one spelling or another, is that of the user ${owner}` };
    const state = states.get(row.id);
    if (state === 'ended' || deleted.has(row.id)) return { left: 'the user is disabled, or was deleted here' };
    if (isBanned(row) && state !== 'unknown')
      return { fault: 'banned there since: disable the user here with `nest-authority users disable`' };
    const lacked = lacking.get(row.id);
    if (lacked && state === 'unknown' && context.settings.secondFactors !== 'movable')
      return { fault: `the user has ${lacked.reason}. --second-factors movable moves such users without it` };
    owners.set(email, row.id);
    if (context.settings.dryRun) context.emails.set(email, row.id);
    return toUser(row, email, passwords.get(row.id) ?? null, lacked);
  });
  const good = rows.filter((_, index) => 'row' in mapped[index]!);
  await context.holders.ensure(
    good.map(({ id }) => id),
    bansOf(good),
  );
  return mapped;
}

/** For hosts that have a user table of their own: only that these users may hold sessions, keys and tokens. */
export async function adoptUsers(rows: readonly SourceRow[], { holders }: ImportContext): Promise<void> {
  await holders.ensure(
    rows.map(({ id }) => id),
    bansOf(rows),
  );
}

function toUser(row: SourceRow, email: string, password: string | null, lacked: LackedFactor | undefined): Mapped {
  const isKnown = password === null || KNOWN_HASH.test(password);
  const name = normaliseDisplayName(asText(row['name']) ?? '');
  const user = {
    id: row.id,
    email,
    email_verified: asFlag(row['emailVerified']) ?? false,
    name: isDisplayName(name) ? name : '',
    image: asText(row['image']),
    password_hash: isKnown ? password : null,
    roles: rolesOf(row),
    claims: {},
    created_at: asDate(row['createdAt']) ?? new Date(),
    updated_at: asDate(row['updatedAt']) ?? new Date(),
  };
  const faults: PartFault[] = isKnown ? [] : [{ kind: 'passwords', reason: UNKNOWN_HASH }];
  if (lacked?.isTold === false)
    faults.push({ kind: 'second factors', reason: `the user was moved without ${lacked.reason}` });
  return { row: user, faults };
}

/** Who has these addresses, here or earlier in this run. */
async function ownersOf(emails: readonly (string | null)[], context: ImportContext): Promise<Map<string, string>> {
  const asked = emails.filter((email) => email !== null);
  const rows = await context.target.query<{ id: string; email: string }>(
    'SELECT id, email FROM auth_user WHERE email = ANY($1)',
    [asked],
  );
  const owners = new Map(
    asked.flatMap((email) => (context.emails.has(email) ? [[email, context.emails.get(email)!]] : [])),
  );
  for (const { id, email } of rows) owners.set(email, id);
  return owners;
}

/** Who of these was moved before and is no longer here: of a user who was forgotten their subject goes as well, some time later. */
async function deletedOf(ids: readonly string[], { target }: ImportContext): Promise<Set<string>> {
  const rows = await target.query<{ id: string }>(
    `SELECT source_id AS id FROM ${LEDGER_TABLE} AS i WHERE kind = 'users' AND source_id = ANY($1)
       AND NOT EXISTS (SELECT FROM auth_user u WHERE u.id = i.key)`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** `user` is what the admin plug-in calls those who have none. */
function rolesOf({ role }: SourceRow): string[] {
  const names = (asText(role) ?? '').split(',').map((one) => one.trim());
  return [...new Set(names)].filter((one) => one !== '' && one !== 'user' && isDisplayName(one) && one.length <= 64);
}

function bansOf(rows: readonly SourceRow[]): Map<string, Disabling> {
  const banned = rows.filter(isBanned);
  return new Map(
    banned.map(({ id, banReason, banExpires }) => [id, { reason: asText(banReason), until: asDate(banExpires) }]),
  );
}

function isBanned({ banned, banExpires }: SourceRow): boolean {
  const until = asDate(banExpires);
  return banned === true && (until === null || until.getTime() > Date.now());
}
