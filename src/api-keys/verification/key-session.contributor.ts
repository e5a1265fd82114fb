import type { SessionContributor } from '../../common/host/contributors.js';
import type { HostPorts } from '../../common/host/port.js';
import type { CurrentSession } from '../../common/host/sessions.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { CurrentKey } from './verified-key.js';

/** Clients want an end of every session; that of a key without expiry is set anew with every answer. */
const NO_EXPIRY_MILLISECONDS = 86_400_000;

/** `GET /get-session` with a user's key: a session view that no row stands behind, with `session.apiKey`. */
export class KeySessionContributor implements SessionContributor {
  constructor(
    private readonly ports: HostPorts,
    private readonly enabled: boolean,
  ) {}

  async sessionOf(principal: AuthPrincipal): Promise<CurrentSession | null> {
    if (!this.enabled || principal.credentialType !== 'api_key' || principal.kind !== 'user') return null;
    const user = await this.ports.users.get().find(principal.subjectId);
    if (!user) return null;
    const now = new Date();
    const session = {
      id: principal.credentialId,
      token: principal.credentialId,
      userId: user.id,
      expiresAt: principal.expiresAt ?? new Date(now.getTime() + NO_EXPIRY_MILLISECONDS),
      createdAt: now,
      updatedAt: now,
      ipAddress: null,
      userAgent: null,
      apiKey: principal.claims['apiKey'] as CurrentKey,
    };
    return { session, user };
  }
}
