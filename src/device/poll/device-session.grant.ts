import { Injectable } from '@nestjs/common';
import { invalidProof } from '../../common/dpop/dpop.errors.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { SessionProofs } from '../../common/grants/session-proofs.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { StartedSession } from '../../common/ports/sessions.js';
import { tokenTypeOf } from '../../common/principal/confirmation.js';
import { formatScope } from '../../common/principal/scopes.js';
import { DevicePolling, type ApprovedDevice } from './device-polling.js';

/** The token response for a client that is not registered; better-auth's wire. */
export interface DeviceSessionResponse {
  /** A session token. */
  readonly access_token: string;
  /** `DPoP`: it is bound to a key (RFC 9449 5). */
  readonly token_type: 'Bearer' | 'DPoP';
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
    private readonly proofs: SessionProofs,
  ) {}

  async handle(clientId: string, deviceCode: string | undefined, caller: Caller): Promise<DeviceSessionResponse> {
    // A device is no browser, whose session would be good as a cookie at least.
    if (this.proofs.binding === 'required' && !(await this.proofs.ofRequest()).confirmation)
      throw invalidProof('there is none');
    const approved = await this.polling.poll(deviceCode, clientId, 'session');
    const { token, session, signIn } = await this.start(approved, caller);
    return {
      access_token: token,
      token_type: tokenTypeOf(signIn.confirmation),
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
