import type { Confirmation } from '../principal/confirmation.js';

/** What the sender of a request has proved to hold, besides what it authenticates by: a key (RFC 9449) or a certificate (RFC 8705). */
export interface SenderProof {
  /** Null: nothing. */
  readonly confirmation: Confirmation | null;
  /**
   * Uses the proof up. Call it last, when all else is right: a request that is refused then costs its sender no proof, and us no row.
   * @throws AuthError 400 `invalid_dpop_proof` when it was used before
   */
  spend(): Promise<void>;
}

/** Of a sender that has proved nothing: its tokens are bearer tokens. */
export const NO_PROOF: SenderProof = Object.freeze({ confirmation: null, spend: async () => {} });

/** Whether sessions and their tokens are bound to a key of the app that signs in: never, where it proves one, or all but those of browsers. */
export type SessionBinding = 'off' | 'accepted' | 'required';

/** A proof of a key (RFC 9449). */
export interface KeyProof extends SenderProof {
  readonly confirmation: { readonly jkt: string };
  readonly thumbprint: string;
  /** By which the proof is signed, e.g. `ES256`. */
  readonly algorithm: string;
}

/** All that a request for tokens proves besides who sends it. */
export interface PresentedProofs {
  /** A DPoP proof; null: none. */
  readonly key: KeyProof | null;
  /** `x5t#S256` of the certificate of its connection; null: none. */
  readonly certificate: string | null;
  /** What its sender shall use next (RFC 9449 8.2); null: as before. */
  readonly nonce: string | null;
}
