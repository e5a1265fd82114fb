import { digestToBytes, sha256 } from '../../../../common/crypto.js';
import type { ImportContext, Kind, Mapped } from '../kind.js';
import { asDate, asText, type SourceRow } from '../source-values.js';
import { TargetHolders } from '../target-holders.js';
import { toBytes } from '../target-rows.js';
import { movedId } from './moved-id.js';

/** better-auth's own tokens; `legacyCredentials` takes no others. */
const TOKEN = /^[A-Za-z0-9]{32}$/;
/** better-auth lets a session that is not to be remembered live a day, and does not mark it otherwise. */
const REMEMBERED_MILLISECONDS = 86_400_000 + 60_000;

/** Sessions that are alive. Their tokens stay, and with them cookies and bearer tokens. */
export const SESSIONS: Kind = {
  name: 'sessions',
  model: 'session',
  table: { name: 'auth_session', key: 'id' },
  taken: 'a session with its token is here already',
  remedy: 'end it here with the other sessions of its user, if that is right',
  map: mapSessions,
  ended: {
    also: (target, keys) =>
      target.query(
        `UPDATE auth_token_family SET revoked_at = now(), revoked_reason = 'session ended at better-auth'
         WHERE session_id = ANY($1) AND revoked_at IS NULL`,
        [keys],
      ),
  },
};

async function mapSessions(rows: readonly SourceRow[], { holders }: ImportContext): Promise<Mapped[]> {
  const states = await holders.states(rows.map(({ userId }) => String(userId)));
  return rows.map((row): Mapped => {
    const subject = String(row['userId']);
    const expiresAt = asDate(row['expiresAt']);
    if (expiresAt === null || expiresAt.getTime() <= Date.now()) return { left: 'it has expired' };
    if (row['impersonatedBy']) return { left: 'an administrator acts as another user in it' };
    const refusal = TargetHolders.refusal(states.get(subject), 'user', true);
    if (refusal !== null) return { left: refusal };
    const token = asText(row['token']) ?? '';
    if (!TOKEN.test(token)) return { fault: 'its token does not look like one of better-auth: a host made it itself' };
    return { row: toSession(row, subject, token, expiresAt) };
  });
}

function toSession(row: SourceRow, subject: string, token: string, expiresAt: Date) {
  const createdAt = asDate(row['createdAt']) ?? new Date();
  const updatedAt = asDate(row['updatedAt']) ?? createdAt;
  return {
    id: movedId('session', row.id),
    token_hash: toBytes(digestToBytes(sha256(token))),
    subject,
    scopes: [],
    remember: expiresAt.getTime() - updatedAt.getTime() > REMEMBERED_MILLISECONDS,
    amr: [],
    ip_address: asText(row['ipAddress']) || null,
    user_agent: asText(row['userAgent']) || null,
    created_at: createdAt,
    updated_at: updatedAt,
    expires_at: expiresAt,
  };
}
