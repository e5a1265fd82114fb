import type { AcrLadder } from '../../common/principal/acr-ladder.js';
import type { SessionView, SignIn } from '../../common/ports/sessions.js';
import type { SessionRow } from './session.statements.js';

/** A session as a source of tokens. */
export function toSignIn(row: SessionRow, ladder: AcrLadder): SignIn {
  return {
    subjectId: row.subject,
    sessionId: row.id,
    scopes: row.scopes,
    authenticatedAt: row.authenticated_at,
    methods: row.amr,
    acr: ladder.of(row.amr),
    roles: row.roles,
    remember: row.remember,
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
  };
}
