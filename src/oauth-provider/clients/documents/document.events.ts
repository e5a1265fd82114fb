import type { WatchedMember } from './document-changes.js';

declare module '../../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** The document of a client says something else. `asksAgain`: users are asked for their consent again. */
    'oauth-client.document-changed': {
      clientId: string;
      changed: readonly WatchedMember[];
      asksAgain: boolean;
    };
    /** It cannot be read; the reason is for the log. `isServed`: its last good document still counts. */
    'oauth-client.document-failed': { clientId: string; reason: string; isServed: boolean };
  }
}
