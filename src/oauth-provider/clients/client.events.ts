import type { ClientOrigin } from './metadata/registered-client.js';

/** Who and which; never a secret. */
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
    /** `reason` is for the log; whoever tried was told one thing for all of them. `clientId` is what was presented, be it anybody's. */
    'oauth-client.authentication-failed': {
      clientId: string | null;
      endpoint: 'token' | 'introspect' | 'revoke';
      method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'client_assertion';
      ipAddress: string | null;
      reason: string;
    };
  }
}
