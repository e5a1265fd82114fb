declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** An identity assertion for another authorization server. Never the assertion itself. */
    'identity-assertion.issued': {
      clientId: string;
      subjectId: string;
      /** The issuer that it is for. */
      audience: string;
      /** The id of the client there. */
      audienceClientId: string;
      resources: readonly string[];
      scopes: readonly string[];
      /** By which it was got, as token exchange names it (RFC 8693 3). */
      subjectTokenType: string;
      /** `jti`. */
      assertionId: string;
    };
  }
}

export {};
