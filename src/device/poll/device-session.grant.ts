import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { StartedSession } from '../../common/ports/sessions.js';
import { formatScope } from '../../common/principal/scopes.js';
import { DevicePolling, type ApprovedDevice } from './device-polling.js';

/** The token response for a client that is not registered; better-auth's wire. */
export interface DeviceSessionResponse {
  /** A session token. */
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** As requested; the session itself has the host's own scopes. */
  readonly scope: string;
}

/** Gives a device a session of its own, listed, ended and counted like every other session of the user. */
@Injectable()
export class DeviceSessionGrant {
  constructor(
    private readonly polling: DevicePolling,
    private readonly ports: HostPorts,
  ) {}

  async handle(clientId: string, deviceCode: string | undefined, caller: Caller): Promise<DeviceSessionResponse> {
    const approved = await this.polling.poll(deviceCode, clientId, 'session');
    const { token, session } = await this.start(approved, caller);
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: Math.round((session.expiresAt.getTime() - session.updatedAt.getTime()) / 1000),
      scope: formatScope(approved.scopes),
    };
  }

  private async start(approved: ApprovedDevice, caller: Caller): Promise<StartedSession> {
    const user = await this.ports.users.get().find(approved.subject);
    if (!user) throw AuthError.invalidGrant('device code: the user has ended');
    try {
      return await this.ports.signInFlow.get().complete(user, {
        epoch: approved.epoch,
        rememberMe: true,
        // Nobody signs in at the device: it was at the browser, and then (RFC 9470 5).
        methods: approved.amr,
        ...(approved.authenticated_at && { authenticatedAt: approved.authenticated_at }),
        // Without headers: a device is not the user's browser, so that no session in its cookies is renewed or ended.
        caller: { ...caller, headers: {} },
        answersWithBody: false,
        spend: (tx) => this.polling.spend(tx, approved),
      });
    } catch (error) {
      throw toGrantError(error);
    }
  }
}

/** The errors of a sign-in as the OAuth error codes that a device knows (RFC 8628 3.5). */
function toGrantError(error: unknown): unknown {
  if (!(error instanceof AuthError)) return error;
  if (error.status === 401) return AuthError.invalidGrant(error.detail ?? error.description);
  if (error.status === 403) return AuthError.oauth('access_denied', error.description, error.detail);
  return error;
}
