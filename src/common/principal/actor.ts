/** Who acts for the subject of a credential (RFC 8693 4.1). */
export interface Actor {
  /** Its id: of a client, a user, or of an agent that an API key names. */
  readonly subjectId: string;
  /** Who knows it by this id, where that is not this server. Null: this server. */
  readonly issuer: string | null;
  /** Who acted before, as it was handed on. It tells where a call came from, and grants nothing. */
  readonly actor: Actor | null;
}

/** What the id of an agent that an API key names begins with; no id of a client does. */
export const AGENT_PREFIX = 'agent:';

/** The claim `act` (RFC 8693 4.1). */
export type ActClaim = { readonly sub: string; readonly iss?: string; readonly act?: ActClaim };

/** The most actors that a token may name; a longer chain is refused. */
export const MAX_ACTORS = 4;

export function actClaim({ subjectId, issuer, actor }: Actor): ActClaim {
  return { sub: subjectId, ...(issuer !== null && { iss: issuer }), ...(actor && { act: actClaim(actor) }) };
}

/**
 * @param claim of a token that was verified, or of our own row
 * @param issuer of ours: an actor that names it is one of ours
 * @returns null for what names nobody, or more than {@link MAX_ACTORS}
 */
export function readActor(claim: unknown, issuer: string | null = null, left = MAX_ACTORS): Actor | null {
  if (typeof claim !== 'object' || claim === null || left === 0) return null;
  const { sub, iss, act } = claim as Readonly<Record<string, unknown>>;
  if (typeof sub !== 'string' || sub === '') return null;
  if (iss !== undefined && typeof iss !== 'string') return null;
  const actor = act === undefined ? null : readActor(act, issuer, left - 1);
  if (act !== undefined && actor === null) return null;
  return Object.freeze({ subjectId: sub, issuer: iss === undefined || iss === issuer ? null : iss, actor });
}
