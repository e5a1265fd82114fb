import { clientSubject } from '../../../../common/subjects/client-subject.js';
import type { ImportContext, Kind, Mapped } from '../kind.js';
import { mappedOrFault } from '../row-mover.js';
import { asDate, asTexts, type SourceRow } from '../source-values.js';
import { TargetHolders } from '../target-holders.js';
import { movedId } from './moved-id.js';

/** What users have granted clients. */
export const CONSENTS: Kind = {
  name: 'consents',
  model: 'oauthConsent',
  table: { name: 'auth_consent', key: 'id' },
  taken: 'a consent of its user to its client is here already',
  remedy: 'its user can withdraw it on the page of connected applications',
  map: mapConsents,
  ended: {},
};

async function mapConsents(rows: readonly SourceRow[], { holders }: ImportContext): Promise<Mapped[]> {
  const states = await holders.states(
    rows.flatMap(({ userId, clientId }) => [String(userId), clientSubject(String(clientId))]),
  );
  return rows.map((row): Mapped => {
    const [subject, clientId] = [String(row['userId']), String(row['clientId'])];
    const refusal =
      TargetHolders.refusal(states.get(subject), 'user') ??
      TargetHolders.refusal(states.get(clientSubject(clientId)), 'client');
    if (refusal !== null) return { left: refusal };
    if (row['referenceId']) return { left: 'it was given for an organisation' };
    return mappedOrFault(() => ({ row: toConsent(row, subject, clientId) }));
  });
}

function toConsent(row: SourceRow, subject: string, clientId: string) {
  const createdAt = asDate(row['createdAt']) ?? new Date();
  return {
    id: movedId('consent', row.id),
    subject,
    client_id: clientId,
    scopes: asTexts('scopes', row['scopes']) ?? [],
    resources: asTexts('resources', row['resources']) ?? [],
    claims: asTexts('requestedUserInfoClaims', row['requestedUserInfoClaims']) ?? [],
    created_at: createdAt,
    updated_at: asDate(row['updatedAt']) ?? createdAt,
  };
}
