import { choice, duration, given, texts } from '../options/option.js';
import type { OptionsOf, SettingsOf } from '../options/read-options.js';
import type { Duration } from '../options/duration.js';
import { resolveOrigin } from '../options/trusted-origins.js';

/** Algorithms that a proof may be signed with: each has a public key, and none is RSASSA-PKCS1-v1_5 (FAPI 2.0 Security Profile 5.4.1). */
export const DPOP_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'ES384', 'ES512'] as const;
export type DpopAlgorithm = (typeof DPOP_ALGORITHMS)[number] | 'RS256';

/** DPoP (RFC 9449): tokens that are of no use without the key of their holder. They are taken everywhere; these are the terms. */
export interface DpopOptions {
  /** How old a proof may be. Default `'5m'`, 10 seconds to 1 hour. A clock that runs ahead of ours by up to a minute is tolerated. */
  readonly proofMaxAge?: Duration;
  /** Algorithms of proofs. Default `ES256 EdDSA Ed25519 PS256 ES384 ES512`; `RS256` can be added. */
  readonly algorithms?: readonly DpopAlgorithm[];
  /**
   * Whether a proof must carry a nonce of this server, which a client gets with the first refusal (RFC 9449 8): then no proof can be made
   * ahead of time. Default `off`.
   */
  readonly nonce?: 'off' | 'required';
  /**
   * How a proof that was used before is known on guarded routes. `database`: on every node, by one statement for each request. `memory`: on
   * the node that has seen it, without a statement; needs `nonce: 'required'`, which leaves a copied proof three minutes at most. Endpoints
   * that give tokens always ask the database. Default `database`.
   */
  readonly resourceReplay?: 'database' | 'memory';
  /**
   * Origins, besides that of `issuer`, under which clients reach the guarded routes, e.g. `https://api.example.com`: a proof names the
   * address that it is for (`htu`). Never taken from a request, nor from `resources`: those are often servers of others, which could then
   * use here a proof that was made for them. Default: none.
   */
  readonly origins?: readonly string[];
}

export const DPOP_OPTIONS = {
  proofMaxAge: duration({ fallback: '5m', min: 10, max: 3_600 }),
  algorithms: given<readonly DpopAlgorithm[]>('texts', DPOP_ALGORITHMS),
  nonce: choice(['off', 'required'], 'off'),
  resourceReplay: choice(['database', 'memory'], 'database'),
  origins: texts(),
} satisfies OptionsOf<DpopOptions>;

export type DpopSettings = Omit<SettingsOf<typeof DPOP_OPTIONS>, 'algorithms' | 'origins'> & {
  readonly algorithms: ReadonlySet<string>;
  readonly origins: readonly string[];
};

/** @throws Error with option and remedy; stops the boot */
export function resolveDpop(
  option: string,
  { algorithms, origins, ...settings }: SettingsOf<typeof DPOP_OPTIONS>,
): DpopSettings {
  const known: readonly string[] = [...DPOP_ALGORITHMS, 'RS256'];
  const unknown = algorithms.find((one) => !known.includes(one));
  if (algorithms.length === 0 || unknown !== undefined)
    throw new Error(
      `${option}.algorithms: ${JSON.stringify(unknown ?? [])} is no choice of algorithms with a public key. Give some of ${known.join(', ')}.`,
    );
  return Object.freeze({
    ...settings,
    algorithms: new Set(algorithms),
    origins: origins.map((one) => resolveOrigin(`${option}.origins`, one)),
  });
}

/** @throws Error with option and remedy; stops the boot */
export function resolveCoreDpop(options: SettingsOf<typeof DPOP_OPTIONS>): DpopSettings {
  if (options.resourceReplay === 'memory' && options.nonce === 'off')
    throw new Error(
      "dpop.resourceReplay: 'memory' lets a copied proof pass on another node for as long as it is fresh. Give nonce: 'required' as well, or leave it out.",
    );
  return resolveDpop('dpop', options);
}
