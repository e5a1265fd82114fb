import type { ClientOrigin } from './metadata/registered-client.js';

/** Never holds a secret. */
interface ClientFacts {
  clientId: string;
  ownerId: string | null;
}

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'oauth-client.registered': ClientFacts & { registeredBy: ClientOrigin };
    'oauth-client.updated': ClientFacts;
    'oauth-client.secret-rotated': ClientFacts & { overlapSeconds: number };
    'oauth-client.disabled': { clientId: string };
    'oauth-client.enabled': { clientId: string };
    'oauth-client.deleted': { clientId: string };
    /** A workload has proven itself as a client by a token of its platform: `issuer` and `subject` are those of the token. */
    'oauth-client.workload-authenticated': {
      clientId: string;
      issuer: string;
      subject: string;
      endpoint: 'token' | 'par' | 'introspect' | 'revoke';
      ipAddress: string | null;
    };
    /** `reason` is for the log; the caller gets the same error for all of them. `clientId` is as presented, not proven. */
    'oauth-client.authentication-failed': {
      clientId: string | null;
      endpoint: 'token' | 'par' | 'introspect' | 'revoke';
      method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'client_assertion';
      ipAddress: string | null;
      reason: string;
    };
  }
}
