import type { AuthError } from '../../common/errors/auth-error.js';

/** How long the document of a client counts from now on, in milliseconds; not positive: its time is over. */
export interface DocumentState {
  /** Until it has to be read again. */
  readonly freshMilliseconds: number;
  /** Until it is not believed any more, even where it cannot be read again. */
  readonly goodMilliseconds: number;
}

/**
 * What a request needs: the `current` document where somebody may be asked to allow something, else the last `good` one, so that an outage of
 * a client's site does not sign its users out.
 */
export type DocumentNeed = 'current' | 'good';

/** Clients that publish their metadata at their client id. Filled by the room that reads documents. */
export interface DocumentSource {
  /** Whether an id that is no other client's is one of theirs, known or not. */
  owns(clientId: string): boolean;
  /**
   * Reads the document of a client where it is time; of every other client nothing. The caller looks the client up afterwards.
   * @returns why it cannot be read; null: it was, or need not
   */
  refresh(clientId: string, need: DocumentNeed): Promise<AuthError | null>;
  /** Of a client that has come by a document. @returns null: its host is blocked */
  stateOf(clientId: string): Promise<DocumentState | null>;
}
