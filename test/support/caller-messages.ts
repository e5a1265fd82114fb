import { Controller, Injectable, type Type } from '@nestjs/common';
import { defer, type Observable } from 'rxjs';
import {
  ApiKeyAuth,
  AuthContext,
  AuthError,
  BearerAuth,
  CurrentApiKey,
  CurrentClient,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  type AuthenticatedApiKey,
  type AuthPrincipal,
  type Client,
  type HostUser,
} from '../../src/index.js';

/** A service of the host, which has no part in the message. */
@Injectable()
export class Ledger {
  constructor(private readonly auth: AuthContext) {}

  async by() {
    await new Promise((resolve) => setImmediate(resolve));
    return { subject: this.auth.principal?.subjectId ?? 'nobody', email: (await this.auth.user())?.email ?? 'none' };
  }
}

export type CallerHandler = 'caller' | 'stream' | 'open' | 'maybe' | 'throws' | 'fails' | 'method';

/**
 * Handlers that tell who called, for messages of any transport; the class is guarded.
 * @param On makes the decorator by which a message reaches the handler
 */
export function callerController(On: (handler: CallerHandler) => MethodDecorator): Type {
  @Controller()
  @BearerAuth()
  @ApiKeyAuth()
  class CallerController {
    constructor(private readonly ledger: Ledger) {}

    @On('caller') async caller(
      @CurrentPrincipal() principal: AuthPrincipal,
      @CurrentUser() user: HostUser | null,
      @CurrentClient() client: Client | null,
      @CurrentApiKey() key: AuthenticatedApiKey | null,
    ) {
      const { subject, email } = await this.ledger.by();
      const seen = { principal: principal.subjectId, user: user?.email ?? 'none', apiKey: key?.name ?? 'none' };
      return { ...seen, client: client?.clientId ?? 'none', context: subject, contextUser: email };
    }

    /** Its value is made when Nest subscribes, after the handler has ended. */
    @On('stream') stream(): Observable<unknown> {
      return defer(() => this.ledger.by());
    }

    @On('open') @Public() open() {
      return this.ledger.by();
    }

    @On('maybe') @OptionalAuth() maybe() {
      return this.ledger.by();
    }

    @On('throws') @OptionalAuth() throws() {
      throw AuthError.forbidden('NOT_YOURS', 'Not yours', 'for the log');
    }

    @On('fails') @OptionalAuth() fails(): Observable<unknown> {
      return defer(() => {
        throw AuthError.tooManyRequests(7);
      });
    }

    /** The declaration of the method replaces that of the class. */
    @On('method') @ApiKeyAuth() method() {
      return this.ledger.by();
    }
  }
  return CallerController;
}
