import type { ExchangeMode } from '../token-exchange.options.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** `tokens.issued` comes before it. */
    'tokens.exchanged': {
      clientId: string;
      subjectId: string;
      /** Who acts from now on; with `impersonation` the client that does so unnamed. */
      actorId: string;
      mode: ExchangeMode;
      /** As token exchange names it (RFC 8693 3). */
      subjectTokenType: string;
      /** To whom the subject token was given; null: to no client. */
      subjectClientId: string | null;
      audience: readonly string[];
      scopes: readonly string[];
      /** The family that the new token joined, and ends with; null: it has one of its own. */
      familyId: string | null;
    };
  }
}
