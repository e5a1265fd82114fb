import { digestToBytes } from '../../../../common/crypto.js';
import { clientSubject } from '../../../../common/subjects/client-subject.js';
import type { ImportContext, Kind, Mapped } from '../kind.js';
import { mappedOrFault } from '../row-mover.js';
import { asDate, asText, asTexts, type SourceRow } from '../source-values.js';
import { TargetHolders } from '../target-holders.js';
import { toBytes } from '../target-rows.js';
import { movedId } from './moved-id.js';

/** SHA-256 as base64url, how better-auth keeps tokens unless it is told otherwise. */
const DIGEST = /^[A-Za-z0-9_-]{43}$/;

/** Refresh tokens that can still be used, each as the first of a family of its own. */
export const REFRESH_TOKENS: Kind = {
  name: 'refresh tokens',
  model: 'oauthRefreshToken',
  table: { name: 'auth_token', key: 'id' },
  companions: { name: 'auth_token_family', key: 'id' },
  taken: 'a token with its hash is here already',
  remedy: 'its user can disconnect the application',
  map: mapTokens,
  ended: {
    unless: ['revoked', 'rotatedAt'],
    also: (target, keys) =>
      target.query(
        `UPDATE auth_token_family SET revoked_at = now(), revoked_reason = 'ended at better-auth'
         WHERE id = ANY($1::uuid[]) AND revoked_at IS NULL`,
        [keys],
      ),
  },
};

async function mapTokens(rows: readonly SourceRow[], { holders, target }: ImportContext): Promise<Mapped[]> {
  const states = await holders.states(
    rows.flatMap(({ userId, clientId }) => [String(userId), clientSubject(String(clientId))]),
  );
  const epochs = await epochsOf(rows, target);
  const disconnected = await disconnectedOf(rows, target);
  return rows.map((row): Mapped => {
    const [subject, clientId] = [String(row['userId']), String(row['clientId'])];
    const expiresAt = asDate(row['expiresAt']);
    if (row['revoked'] || row['rotatedAt']) return { left: 'it was used or revoked' };
    if (expiresAt === null || expiresAt.getTime() <= Date.now()) return { left: 'it has expired' };
    const refusal =
      TargetHolders.refusal(states.get(subject), 'user', true) ??
      TargetHolders.refusal(states.get(clientSubject(clientId)), 'client');
    if (refusal !== null) return { left: refusal };
    if (disconnected.has(`${subject} ${clientId}`))
      return { left: 'its user has disconnected the client here, or narrowed what it may do' };
    if (row['referenceId']) return { left: 'it was given for an organisation' };
    if (row['confirmation']) return { fault: 'it is bound to a key (DPoP), which is not offered here' };
    if (!DIGEST.test(asText(row['token']) ?? '')) return { fault: 'its hash is of a kind that is not known here' };
    return mappedOrFault(() => toToken(row, epochs.get(clientSubject(clientId)) ?? 0, expiresAt));
  });
}

function toToken(row: SourceRow, clientEpoch: number, expiresAt: Date): Mapped {
  const id = movedId('refresh token', row.id);
  const scopes = asTexts('scopes', row['scopes']) ?? [];
  const audience = asTexts('resources', row['resources']) ?? [];
  const createdAt = asDate(row['createdAt']) ?? new Date();
  const claims = asTexts('requestedUserInfoClaims', row['requestedUserInfoClaims']) ?? [];
  const shared = { scopes, audience, created_at: createdAt, expires_at: expiresAt };
  const family = {
    id,
    subject: String(row['userId']),
    subject_kind: 'user',
    client_id: String(row['clientId']),
    client_epoch: clientEpoch,
    session_id: null,
    source: 'authorization_code',
    source_id: null,
    authenticated_at: asDate(row['authTime']),
    context:
      claims.length > 0 ? { claims: { userinfo: Object.fromEntries(claims.map((claim) => [claim, null])) } } : null,
    ...shared,
  };
  const token = {
    id,
    family_id: id,
    kind: 'refresh',
    hash: toBytes(digestToBytes(asText(row['token'])!)),
    ...shared,
  };
  return { row: token, companions: [family] };
}

/** Users and clients whose tokens have ended here with the consent: those that the client has had there since are of the same grant. */
async function disconnectedOf(rows: readonly SourceRow[], target: ImportContext['target']): Promise<Set<string>> {
  const found = await target.query<{ subject: string; client: string }>(
    `SELECT DISTINCT subject, client_id AS client FROM auth_token_family
     WHERE subject = ANY($1) AND revoked_reason IN ('consent withdrawn', 'consent narrowed')`,
    [[...new Set(rows.map(({ userId }) => String(userId)))]],
  );
  return new Set(found.map(({ subject, client }) => `${subject} ${client}`));
}

async function epochsOf(rows: readonly SourceRow[], target: ImportContext['target']): Promise<Map<string, number>> {
  const subjects = rows.map(({ clientId }) => clientSubject(String(clientId)));
  const found = await target.query<{ subject: string; epoch: number }>(
    'SELECT subject, epoch FROM auth_subject WHERE subject = ANY($1)',
    [[...new Set(subjects)]],
  );
  return new Map(found.map(({ subject, epoch }) => [subject, epoch]));
}
