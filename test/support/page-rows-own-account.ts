import { randomBytes } from 'node:crypto';
import type { PageRow } from './page-visit.js';
import type { PageWorld } from './page-world.js';
import { signUp } from './users.js';

const CONFIRM = 'change-email-confirm';
/** A link that is good, without a mailbox. */
const undoLink = async ({ url, sql }: PageWorld): Promise<string> => {
  const token = randomBytes(22).toString('hex').slice(1);
  // Of somebody of its own: who takes a change back is signed out everywhere.
  const { id } = await signUp(url);
  await sql(
    `INSERT INTO auth_one_time_secret (id, purpose, subject, hash, facts, expires_at)
     VALUES (gen_random_uuid(), 'undo-email-change', $1, sha256($2::bytea), $3, now() + interval '1 day')`,
    [`undo ${id}`, token, JSON.stringify({ userId: id, email: `old-${id}@example.com` })],
  );
  return `undo-email-change?token=${token}`;
};

/** What users change about themselves, and where links of mails lead. */
export const OWN_ACCOUNT_ROWS: readonly PageRow[] = [
  { name: 'another address', as: 'newcomer', path: 'account/email' },
  {
    name: 'another address refused',
    as: 'newcomer',
    path: 'account/email',
    status: 400,
    then: async (page) => {
      await page.fill('#newEmail', 'nobody');
      await page.click('#change-email');
    },
  },
  {
    name: 'another address asked for',
    as: 'throwaway',
    path: 'account/email',
    then: async (page) => {
      await page.fill('#newEmail', 'other@example.com');
      await page.click('#change-email');
    },
  },
  {
    name: 'another address under way',
    as: 'newcomer',
    path: async ({ sql, people }) => {
      await sql(
        `INSERT INTO auth_one_time_secret (id, purpose, subject, hash, facts, expires_at)
         VALUES (gen_random_uuid(), $1, $2, 'x', '{"to":"other@example.com"}', now() + interval '1 hour')`,
        [CONFIRM, people.newcomer.id],
      );
      return 'account/email';
    },
  },
  { name: 'address confirmed', path: 'email-change?done=confirmed' },
  { name: 'address changed', path: 'email-change?done=changed' },
  { name: 'address not changed', path: 'email-change?done=changed&error=INVALID_TOKEN' },
  { name: 'address of somebody else', path: 'email-change?done=changed&error=INVALID_USER' },
  { name: 'change of address to take back', path: undoLink },
  { name: 'change of address taken back', path: undoLink, then: (page) => page.click('#undo') },
  { name: 'change of address that stays', path: 'undo-email-change?token=gone', status: 400 },
  {
    name: 'first password',
    as: 'throwaway',
    path: 'account',
    then: async (page, { sql }) => {
      await sql(
        `UPDATE auth_user SET password_hash = NULL WHERE id = (SELECT id FROM auth_user ORDER BY created_at DESC LIMIT 1)`,
      );
      await page.reload();
    },
  },
  { name: 'forgotten password', path: 'recover?login_hint=ada@example.com' },
  { name: 'forgotten password, link sent', path: 'recover?done=sent' },
];
