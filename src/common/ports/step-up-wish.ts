/** A sign-in that is to become a stronger one. */
export interface StepUpWish {
  readonly subjectId: string;
  readonly sessionId: string;
  /** How they have signed in to that session (RFC 8176). */
  readonly methods: readonly string[];
  /** Strengths of which one suffices, the most wanted first. */
  readonly acr: readonly string[];
  /** Root-relative: where the browser goes with the stronger session. */
  readonly continueTo: string;
}
