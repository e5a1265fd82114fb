import { SecretBox } from '../../../../common/secrets/secret-box.js';
import { newId } from '../../../../common/new-id.js';
import { backupCodeContext, totpContext } from '../../../../two-factor/factors/factor-contexts.js';
import { LEDGER_TABLE } from '../import-ledger.js';
import type { ImportContext, Kind, Mapped } from '../kind.js';
import type { SourceRow } from '../source-values.js';
import { TargetHolders } from '../target-holders.js';
import { toBytes } from '../target-rows.js';
import { isConfirmed, openFactor, type OldFactor } from './old-factor.js';

/** Secrets of apps, and backup codes. Codes by mail or phone have no row there: see `lackedFactors`. */
export const SECOND_FACTORS: Kind = {
  name: 'second factors',
  model: 'twoFactor',
  table: { name: 'auth_two_factor', key: 'subject' },
  companions: { name: 'auth_backup_code', key: 'id' },
  taken: 'its user has one here already',
  remedy: 'its user can remove it on the page of their account, and your code by SecondFactorsService',
  map: mapFactors,
  outdated: dropCodes,
  ended: { also: dropCodes },
};

/** What a user has here. */
interface FactorHere {
  readonly subject: string;
  readonly is_on: boolean;
  readonly has_spent: boolean;
}

const HERE = `SELECT f.subject, f.secret IS NOT NULL OR f.mail_codes AS is_on,
    EXISTS (SELECT FROM auth_backup_code c WHERE c.subject = f.subject AND c.used_at IS NOT NULL) AS has_spent
  FROM auth_two_factor f WHERE f.subject = ANY($1)`;
/** What was begun here and counts no more. */
const DROP_ABANDONED = `DELETE FROM auth_two_factor WHERE subject = ANY($1) AND secret IS NULL AND NOT mail_codes
  AND (pending_at IS NULL OR pending_at <= now() - interval '1 hour')`;

const MOVED = `SELECT source_id AS id FROM ${LEDGER_TABLE} WHERE kind = 'second factors' AND source_id = ANY($1)`;
const FORGOTTEN = 'SELECT subject AS id FROM auth_subject WHERE subject = ANY($1) AND forgotten_at IS NOT NULL';

async function mapFactors(rows: readonly SourceRow[], context: ImportContext): Promise<Mapped[]> {
  const { secondFactors, secrets = [] } = context.settings;
  if (secondFactors === 'none') return rows.map(() => ({ left: 'none is moved (--second-factors none)' }));
  const facts = await factsOf(rows, context);
  const seen = new Set<string>();
  return rows.map((row): Mapped => {
    const subject = String(row['userId']);
    const left = seen.has(subject) ? 'its user has another one' : whyLeft(row, subject, facts);
    if (left !== null) return { left };
    if (facts.here.get(subject)?.is_on === false)
      return { fault: 'its user is setting one up here at this moment: run the import again later' };
    seen.add(subject);
    const factor = openFactor(row, secrets);
    if (factor) return toFactor(subject, factor, context);
    return { fault: `${UNOPENED}; UNTIL THEN ITS USER IS NOT ASKED FOR IT` };
  });
}

/** What is known of the users of a page, there and here. */
interface Facts {
  readonly states: Awaited<ReturnType<TargetHolders['states']>>;
  /** Those who are asked for a second factor there. */
  readonly asked: ReadonlySet<string>;
  readonly here: ReadonlyMap<string, FactorHere>;
  /** Rows that were moved, whatever became of them here. */
  readonly moved: ReadonlySet<string>;
  readonly forgotten: ReadonlySet<string>;
}

async function factsOf(rows: readonly SourceRow[], { target, holders, source }: ImportContext): Promise<Facts> {
  const subjects = rows.map(({ userId }) => String(userId));
  const ids = async (text: string, values: readonly string[]) =>
    new Set((await target.query<{ id: string }>(text, [values])).map(({ id }) => id));
  const states = await holders.states(subjects);
  const users = await source.rowsBy('user', 'id', subjects);
  await target.query(DROP_ABANDONED, [subjects]);
  const here = await target.query<FactorHere & Record<string, unknown>>(HERE, [subjects]);
  return {
    states,
    asked: new Set(users.filter((user) => user['twoFactorEnabled'] === true).map(({ id }) => id)),
    here: new Map(here.map((row) => [row.subject, row])),
    moved: await ids(
      MOVED,
      rows.map(({ id }) => id),
    ),
    forgotten: await ids(FORGOTTEN, subjects),
  };
}

/** Why it is not moved on purpose, or what is here stays as it is; null: it is to be moved. */
function whyLeft(row: SourceRow, subject: string, { states, asked, here, moved, forgotten }: Facts): string | null {
  if (!asked.has(subject) || !isConfirmed(row)) return 'it was never confirmed, or is not asked for there';
  // Who is banned for a time signs in again one day, and is asked then.
  const isOnlyDisabled = states.get(subject) === 'ended' && !forgotten.has(subject);
  const refusal = isOnlyDisabled ? null : TargetHolders.refusal(states.get(subject), 'user');
  if (refusal !== null) return refusal;
  if (!moved.has(row.id)) return here.get(subject)?.is_on ? 'its user has one here already' : null;
  // New codes would bring back those that were used here.
  return here.get(subject)?.has_spent ? 'its user has used a backup code here since it was moved' : null;
}

/** For operators: why a factor is not moved. */
export const UNOPENED =
  'none of the secrets given here opens it: name the secret of better-auth among them, as `secret` or an older one';

function toFactor(subject: string, { secret, codes }: OldFactor, { settings, note }: ImportContext): Mapped {
  const box = new SecretBox(settings.secrets!);
  note(NOTE);
  const row = {
    subject,
    secret: toBytes(box.seal(secret, totpContext(subject))),
    mail_codes: false,
    last_step: 0,
    failures: 0,
    enabled_at: new Date(),
  };
  const companions = (codes ?? []).map((code) => ({
    id: newId(),
    subject,
    hash: toBytes(box.digests(code, backupCodeContext(subject))[0]!),
    pending: false,
  }));
  return codes ? { row, companions } : { row, companions, faults: [{ kind: 'second factors', reason: OTHER_CODES }] };
}

const NOTE =
  'Second factors were moved: users are asked for them where the options have twoFactor. Apps whose codes have other than 6 digits or last other than 30 seconds (totpOptions there) do not work here: see --second-factors.';
const OTHER_CODES =
  'its backup codes are stored in a way, or have a form, that is not known here: it was moved without them, and its user makes new ones';

/** Codes that were used here stay as they are: none counts twice. */
async function dropCodes(target: ImportContext['target'], subjects: readonly string[]): Promise<void> {
  await target.query('DELETE FROM auth_backup_code WHERE subject = ANY($1) AND used_at IS NULL', [subjects]);
}
