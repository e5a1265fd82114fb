import type { AcrLadder } from '../../common/principal/acr-ladder.js';
import type { SessionView, SessionSignIn } from '../../common/ports/sessions.js';
import type { SessionRow } from './session.statements.js';

/** A session as a source of tokens. */
export function toSignIn(row: SessionRow, ladder: AcrLadder): SessionSignIn {
  return {
    subjectId: row.subject,
    sessionId: row.id,
    scopes: row.scopes,
    authenticatedAt: row.authenticated_at,
    methods: row.amr,
    acr: ladder.of(row.amr),
    roles: row.roles,
    actor: row.impersonated_by,
    remainingSeconds: row.parent_id === null ? null : Math.floor(row.remaining_ms / 1000),
    remember: row.remember,
    confirmation: row.confirmation,
  };
}

/** A session as the routes show it. */
export function toView(row: SessionRow): SessionView {
  return {
    id: row.id,
    token: row.id,
    userId: row.subject,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
    ...(row.impersonated_by !== null && { impersonatedBy: row.impersonated_by }),
  };
}
