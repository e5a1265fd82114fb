import type { Patient } from './patient.js';

/** `skipped`: it could not be looked at, and the sentence says why. */
export type Severity = 'error' | 'warning' | 'ok' | 'skipped';

/** What a check has found. */
export interface Finding {
  readonly severity: Severity;
  /** What is the case. Never a secret. */
  readonly sentence: string;
  /** What to do about it; of errors and warnings. */
  readonly remedy?: string;
}

/** Looks at one thing. What it throws is its finding, and stops no other. */
export interface Check {
  /** Names it in the answer, and its heading in the guide. */
  readonly id: string;
  /** @throws Skipped when there is nothing to look at */
  look(patient: Patient): Finding | Promise<Finding>;
}

/** Ends a check that has nothing to look at. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export const ok = (sentence: string): Finding => ({ severity: 'ok', sentence });
export const warning = (sentence: string, remedy: string): Finding => ({ severity: 'warning', sentence, remedy });
export const error = (sentence: string, remedy: string): Finding => ({ severity: 'error', sentence, remedy });
