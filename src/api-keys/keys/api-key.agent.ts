import { hash } from 'node:crypto';
import { AuthError } from '../../common/errors/auth-error.js';
import { newId } from '../../common/new-id.js';
import type { Actor } from '../../common/principal/actor.js';

/** Whom a key was made for: a program that acts for the owner of the key. */
export interface ApiKeyAgent {
  /**
   * `agent:` and a name that host code or administration has given, or `agent:own:` and an id of this server for an agent that an owner or
   * another agent named. No id of a client begins so.
   */
  readonly id: string;
  /** For people; whoever made the key chose it. */
  readonly name: string;
  /** The agent that handed it on by a delegated key. Null: the owner. */
  readonly from: ApiKeyAgent | null;
}

/** An agent as a request or a command names it. */
export interface NamedAgent {
  /**
   * 1 to 64 letters, digits, `.`, `_` and `-`: keys that name the same one have the same agent. Default: an agent of its own.
   * In `ApiKeysService` also what follows `agent:` in the id of an agent that is known already.
   */
  readonly id?: string | undefined;
  /** 1 to 100 characters. */
  readonly name: string;
}

const AGENT = 'agent:';
const OWN = 'own:';
const DIGEST_LENGTH = 32;
const GIVEN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const TRUSTED_ID = /^(?:own:)?[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The agent of a key.
 * @param name checked
 * @throws AuthError 400 `INVALID_AGENT`
 */
export function toAgent({ id = ownId(newId()), name }: NamedAgent, from: ApiKeyAgent | null = null): ApiKeyAgent {
  requireId(id, TRUSTED_ID);
  return { id: `${AGENT}${id}`, name, from };
}

/**
 * The agent that an owner names, or another agent. Its id is made of theirs: nobody can name the agent of somebody else, and an agent cannot
 * name one that its owner has named.
 * @param names who names it: the subject of the owner, and what tells those apart who act for them
 * @throws AuthError 400 `INVALID_AGENT`
 */
export function ownAgent({ id, name }: NamedAgent, ...names: readonly string[]): NamedAgent {
  if (id === undefined) return { name };
  requireId(id, GIVEN_ID);
  return { id: ownId(hash('sha256', JSON.stringify([...names, id]), 'hex')), name };
}

/** The agents of a key, the last one first (RFC 8693 4.1). */
export function toActor({ id, from }: ApiKeyAgent): Actor {
  return Object.freeze({ subjectId: id, issuer: null, actor: from && toActor(from) });
}

function ownId(text: string): string {
  return `${OWN}${text.replaceAll('-', '').slice(0, DIGEST_LENGTH)}`;
}

function requireId(id: string, form: RegExp): void {
  if (!form.test(id))
    throw AuthError.badRequest(
      'INVALID_AGENT',
      'The id of an agent must have 1 to 64 letters, digits, dots, dashes and underscores',
    );
}
