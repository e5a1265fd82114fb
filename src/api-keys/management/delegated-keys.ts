import { Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { grants, type Permissions } from '../../common/principal/permissions.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import type { ApiKeyRefusal } from '../api-keys.events.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import { toAgent } from '../keys/api-key.agent.js';
import type { ApiKeyRow } from '../keys/api-key.columns.js';
import type { DelegateApiKey } from '../keys/api-key.commands.js';
import { ApiKeyDelegations } from '../keys/api-key.delegations.js';
import { delegationErrors, keyErrors } from '../keys/api-key.errors.js';
import { factsOf } from '../keys/api-key.facts.js';
import { checkShownName, checkScopes, parsePermissions } from '../keys/api-key.fields.js';
import { holdOwner, ownerOf } from '../keys/api-key.owner.js';
import { ApiKeySecrets } from '../keys/api-key.secrets.js';
import { distinctRefusal } from '../verification/api-key.refusal.js';

/** Multiple of `maxPerKey`: ended keys keep their rows for a day, so making and ending in turn is bounded too. */
const MADE_A_DAY = 100;

interface Asked {
  readonly permissions: Permissions | null;
  readonly scopes: readonly string[];
}

/** Keys that are delegated from another one: they may do less, live for minutes, and end with it. */
@Injectable()
export class DelegatedKeys {
  constructor(
    private readonly database: Database,
    private readonly delegations: ApiKeyDelegations,
    private readonly secrets: ApiKeySecrets,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    private readonly events: AuthEvents,
  ) {}

  /**
   * @param from the key that it is delegated from, as it was read
   * @throws AuthError 400; 401 when that key has ended; 403 for more than it may do, or above a limit of `delegation`
   */
  async delegate(
    from: ApiKeyRow,
    command: DelegateApiKey,
    configuration: ConfigurationSettings,
  ): Promise<{ row: ApiKeyRow; key: string }> {
    const limits = configuration.delegation;
    if (limits === null) throw delegationErrors.isOff();
    const asked = checkAsked(command);
    const expiresInSeconds = command.expiresIn ?? limits.maxExpiresInSeconds;
    if (!(expiresInSeconds > 0)) throw keyErrors.tooShort();
    if (expiresInSeconds > limits.maxExpiresInSeconds) throw keyErrors.tooLong();
    const agent = { ...command.agent, name: checkShownName(command.agent.name) };
    const { key, stored } = this.secrets.mint(configuration);
    const own = { stored, agent: toAgent(agent, from.agent), ...asked, expiresInSeconds };
    const row = await this.database.transaction(async (tx) => {
      await holdOwner(tx, ownerOf(from), this.subjects);
      const line = await this.delegations.lockLine(tx, from.id);
      requireMore(
        line.find(({ id }) => id === from.id),
        asked,
      );
      if (line.length > limits.maxDepth) throw delegationErrors.tooDeep(limits.maxDepth);
      await this.requireRoom(tx, from.id, limits.maxPerKey);
      const made = await this.delegations.insert(tx, from.id, own);
      const facts = { ...factsOf(made), delegatedFrom: from.id };
      tx.afterCommit(() => this.events.emit('api-key.delegated', facts));
      return made;
    });
    return { row, key };
  }

  /** Ends all that was delegated from a key which this transaction has changed: they end in the same moment, in all processes. */
  async end(tx: Transaction, keyId: string, change: 'changed' | 'deleted' | 'revoked' | 'rotated'): Promise<void> {
    const reason = `the key that it was delegated from was ${change}`;
    const ended = await this.delegations.end(tx, keyId, reason);
    if (ended.length === 0) return;
    this.revoker.invalidate(
      tx,
      ended.map(({ id }) => tag('apikey', id)),
    );
    tx.afterCommit(() => {
      for (const row of ended) this.events.emit('api-key.revoked', { ...factsOf(row), reason });
    });
  }

  /** Exact, since the key is locked. */
  private async requireRoom(tx: Transaction, keyId: string, maxPerKey: number): Promise<void> {
    const { held, made_today: made } = await this.delegations.countOf(tx, keyId);
    if (held >= maxPerKey) throw delegationErrors.tooMany(maxPerKey);
    if (made >= maxPerKey * MADE_A_DAY) throw delegationErrors.tooManyToday(maxPerKey * MADE_A_DAY);
  }
}

/** What is asked for, checked. Asking for nothing would be a key for every route that asks for nothing. */
function checkAsked({ permissions, scopes }: DelegateApiKey): Asked {
  const asked = { permissions: parsePermissions(permissions ?? null), scopes: checkScopes(scopes ?? []) };
  if (asked.permissions === null && asked.scopes.length === 0) throw delegationErrors.nothingAsked();
  return asked;
}

/** The key as it is now, locked. */
function requireMore(from: ApiKeyRow | undefined, { permissions, scopes }: Asked): void {
  const ended = from ? endOf(from) : 'unknown';
  if (!from || ended !== null) throw distinctRefusal(ended ?? 'unknown');
  if (permissions !== null && !grants(from.permissions, permissions)) throw delegationErrors.tooWide('permissions');
  if (!scopes.every((scope) => from.scopes.includes(scope))) throw delegationErrors.tooWide('scopes');
}

function endOf({ revokedAt, expired, enabled }: ApiKeyRow): ApiKeyRefusal | null {
  if (revokedAt !== null) return 'revoked';
  if (expired) return 'expired';
  return enabled ? null : 'disabled';
}
