import { validate as isUuid } from 'uuid';
import { tag } from '../cache/tags.js';
import type { InvalidationChannel } from '../database/invalidation.js';
import type { Transaction } from '../database/transaction.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { RevokedJwtStore } from './revoked-jwt.store.js';
import type { FamilySelector } from './token.rows.js';
import type { TokenStore } from './token.store.js';

/** Revokes tokens, always in the transaction of the event that ends them; every process is notified at its commit. */
export class TokenRevoker {
  constructor(
    private readonly store: TokenStore,
    private readonly jwts: RevokedJwtStore,
    private readonly channel: InvalidationChannel,
    private readonly events: AuthEvents,
  ) {}

  /** @returns ids of the families that this call ended */
  async revoke(tx: Transaction, selector: FamilySelector, reason: string): Promise<string[]> {
    const families = await this.store.revoke(tx, selector, reason);
    tx.invalidate([...selectorTags(selector), ...families.map((id) => tag('family', id))], this.channel.dropLocal);
    const [name, value] = Object.entries(selector)[0]!;
    if (families.length > 0) {
      tx.afterCommit(() => this.events.emit('tokens.revoked', { selector: name, id: String(value), reason }));
    }
    return families;
  }

  /** Ends one access token; the rest of its family lives on. @returns whether it was alive */
  async revokeAccess(tx: Transaction, tokenId: string, reason: string): Promise<boolean> {
    const ended = await this.store.revokeAccess(tx, tokenId);
    this.invalidate(tx, [tag('token', tokenId)]);
    if (ended) tx.afterCommit(() => this.events.emit('tokens.revoked', { selector: 'tokenId', id: tokenId, reason }));
    return ended;
  }

  /**
   * Ends one JWT, with the row that it may have.
   * @param remainingSeconds until no verifier of ours would accept it any more
   */
  async revokeJwt(tx: Transaction, jti: string, remainingSeconds: number, reason: string): Promise<void> {
    const denied = await this.jwts.add(tx, jti, remainingSeconds);
    // Introspection looks at the row that a token of a user has.
    const ended = isUuid(jti) && (await this.store.revokeAccess(tx, jti));
    this.invalidate(tx, [tag('token', jti)]);
    if (denied || ended)
      tx.afterCommit(() => this.events.emit('tokens.revoked', { selector: 'tokenId', id: jti, reason }));
  }

  /** Drops cached credentials with these tags at the commit; for credentials other than tokens, such as sessions and API keys. */
  invalidate(tx: Transaction, tags: readonly string[]): void {
    tx.invalidate(tags, this.channel.dropLocal);
  }
}

function selectorTags(selector: FamilySelector): string[] {
  if ('grantedTo' in selector) return [];
  if ('subject' in selector) return [tag('subject', selector.subject)];
  if ('clientId' in selector) return [tag('client', selector.clientId)];
  if ('sessionId' in selector) return [tag('session', selector.sessionId)];
  if ('sessionIds' in selector) return selector.sessionIds.map((id) => tag('session', id));
  if ('familyId' in selector) return [tag('family', selector.familyId)];
  return [];
}
