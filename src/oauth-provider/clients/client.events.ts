import type { ClientOrigin } from './registered-client.js';

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
  }
}
