import { FORGED_CLAIMS } from './dpop-forged-claims.js';
import { FORGED_ADDRESSES } from './dpop-forged-addresses.js';
import { FORGED_HEADERS } from './dpop-forged-headers.js';
import { FORGED_SPELLINGS } from './dpop-forged-spellings.js';
import type { DpopKey, ProofTerms } from './dpop.js';

/** A proof that is wrong in what its title says, and in nothing else. */
export interface ForgedProof {
  readonly title: string;
  /** The value of the header, or the values of several. */
  readonly make: (key: DpopKey, terms: ProofTerms) => string | Buffer | readonly string[];
  /** Default `invalid_dpop_proof`. */
  readonly error?: 'invalid_dpop_proof' | 'invalid_request' | 'invalid_token';
  /** `resource`: only beside an access token is it wrong. */
  readonly only?: 'resource';
}

type Row = readonly [title: string, make: ForgedProof['make'], more?: Pick<ForgedProof, 'error' | 'only'>];

export function forged(rows: readonly Row[]): ForgedProof[] {
  return rows.map(([title, make, more]) => ({ title, make, ...more }));
}

/** Every way that we know to make a bad proof (RFC 9449 4.3, RFC 7515, 7517, 7518, RFC 8725). */
export const FORGED_PROOFS: readonly ForgedProof[] = [
  ...FORGED_SPELLINGS(),
  ...FORGED_HEADERS(),
  ...FORGED_CLAIMS(),
  ...FORGED_ADDRESSES(),
];
