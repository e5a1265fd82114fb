import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import type { LogoutRequest } from './logout-requests.js';

const CONTEXT = 'end-session-confirmation';

/** What the user was asked: whether to end this session, for a request with these parameters. */
export interface LogoutConfirmation {
  readonly sessionId: string;
  /** The session that the client meant, if it is another one. */
  readonly meantSessionId: string | null;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** Carries a request through the page that asks the user: sealed against changes, and good for one session only. */
@Injectable()
export class LogoutConfirmations {
  constructor(private readonly box: SecretBox) {}

  seal(request: LogoutRequest, sessionId: string): string {
    const meant = request.hint?.sessionId ?? null;
    const confirmation: LogoutConfirmation = {
      sessionId,
      meantSessionId: meant === sessionId ? null : meant,
      parameters: {
        client_id: request.client?.clientId,
        post_logout_redirect_uri: request.redirectUri ?? undefined,
        state: request.state ?? undefined,
      },
    };
    return this.box.seal(JSON.stringify(confirmation), CONTEXT).toString('base64url');
  }

  /** @throws AuthError 400 `invalid_request` when this server did not seal it */
  open(text: string | undefined): LogoutConfirmation {
    const opened = text === undefined ? null : this.box.open(Buffer.from(text, 'base64url'), CONTEXT);
    if (opened === null) throw AuthError.invalidRequest('The confirmation is not one of this server');
    return JSON.parse(opened) as LogoutConfirmation;
  }
}
