import { sentenceOf } from '../output/sentence-of.js';
import { Skipped, type Check, type Finding } from './check.js';
import type { Patient } from './patient.js';

/** Where the guide says more, by the id of the check. */
const GUIDE = 'https://github.com/nest-authority/nest-authority/blob/main/docs/guides/command-line.md';

/** A finding, as the doctor answers it. */
export interface Entry extends Required<Omit<Finding, 'remedy'>> {
  readonly id: string;
  readonly remedy: string | null;
  /** Address of the guide. */
  readonly docs: string;
}

/** Makes every check, one after the other. None that fails keeps the others from being made. */
export async function examine(patient: Patient, checks: readonly Check[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const check of checks) {
    const { severity, sentence, remedy = null } = await finding(patient, check);
    entries.push({ id: check.id, severity, sentence, remedy, docs: `${GUIDE}#${check.id}` });
  }
  return entries;
}

async function finding(patient: Patient, check: Check): Promise<Finding> {
  try {
    return await check.look(patient);
  } catch (error) {
    if (error instanceof Skipped) return { severity: 'skipped', sentence: error.message };
    return {
      severity: 'error',
      sentence: `This could not be looked at: ${sentenceOf(error)}`,
      remedy: 'Mend what the sentence names, and ask the doctor again.',
    };
  }
}
