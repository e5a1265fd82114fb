import { Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { SESSION_COOKIE, SessionVerifier } from './session.verifier.js';
import type { SessionRow } from './session.statements.js';
import { SessionStore } from './session.store.js';

/** A live session and its token from the cookies of a browser. */
export interface BroughtSession {
  readonly id: string;
  readonly subjectId: string;
  readonly token: string;
  /** With which it ends: itself, or the session of the administrator who acts as the user in it. */
  readonly root: { readonly id: string; readonly subjectId: string };
}

/** The live sessions in the cookies of a request: usually one, several when a browser has several cookies of one name. */
@Injectable()
export class BroughtSessions {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly verifier: SessionVerifier,
    private readonly store: SessionStore,
  ) {}

  /** In the order of the cookies. Reads the database, since a session in memory may have ended in another process. */
  async live(headers: HeaderBag): Promise<BroughtSession[]> {
    const tokens = this.cookies.allValues(headers, SESSION_COOKIE).filter((value) => this.verifier.isToken(value));
    if (tokens.length === 0) return [];
    const hashes = tokens.map((token) => digestToBytes(sha256(token)));
    const rows = await this.store.findLive(hashes);
    return tokens.flatMap((token, index) => {
      const row = rows.find(({ token_hash: hash }) => hash.equals(hashes[index]!));
      return row ? [{ id: row.id, subjectId: row.subject, token, root: rootOf(row) }] : [];
    });
  }

  /** Whether the browser has a session cookie, but no live session. */
  async areDead(headers: HeaderBag): Promise<boolean> {
    return this.cookies.isPresent(headers, SESSION_COOKIE) && (await this.live(headers)).length === 0;
  }
}

/** Whose end ends a session for good: an administrator who signs out must not stay signed in unseen. */
export function rootOf(
  row: Pick<SessionRow, 'id' | 'subject' | 'parent_id' | 'impersonated_by'>,
): BroughtSession['root'] {
  if (row.parent_id === null || row.impersonated_by === null) return { id: row.id, subjectId: row.subject };
  return { id: row.parent_id, subjectId: row.impersonated_by };
}
