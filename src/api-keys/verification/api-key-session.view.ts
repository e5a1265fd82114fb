import { Inject, Injectable } from '@nestjs/common';
import { HostPorts } from '../../common/ports/port.js';
import type { CurrentSession } from '../../common/ports/sessions.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { API_KEYS_SETTINGS, type ApiKeysSettings } from '../api-keys.settings.js';
import type { AuthenticatedApiKey } from './api-key.state.js';

declare module '../../common/ports/sessions.js' {
  interface SessionView {
    /** The key behind this view, when the request came with one. */
    readonly apiKey?: AuthenticatedApiKey;
  }
  interface CurrentSession {
    /** The same, where better-auth's documentation expects it. */
    readonly apiKey?: AuthenticatedApiKey;
  }
}

/** Clients expect every session to expire. For a key that does not expire, each reply says one day from now. */
const NO_EXPIRY_MILLISECONDS = 86_400_000;

/** `GET /get-session` with a user's key: a session view without a session row, with `session.apiKey`. */
@Injectable()
export class ApiKeySessionView {
  constructor(
    private readonly ports: HostPorts,
    @Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings,
  ) {}

  async sessionOf(principal: AuthPrincipal): Promise<CurrentSession | null> {
    if (!this.settings.sessions || principal.credentialType !== 'api_key' || principal.kind !== 'user') return null;
    const user = await this.ports.users.get().find(principal.subjectId);
    if (!user) return null;
    const now = new Date();
    const apiKey = principal.claims['apiKey'] as AuthenticatedApiKey;
    const session = {
      id: principal.credentialId,
      token: principal.credentialId,
      userId: user.id,
      expiresAt: principal.expiresAt ?? new Date(now.getTime() + NO_EXPIRY_MILLISECONDS),
      createdAt: now,
      updatedAt: now,
      ipAddress: null,
      userAgent: null,
      apiKey,
    };
    return { session, user, apiKey };
  }
}
