import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { clientSubject } from '../../common/subjects/client-subject.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ClientStore, type ClientDescription, type ClientRow } from './client.store.js';
import { NO_POLICY } from './metadata/client-metadata.js';
import { clientRules, FAPI_PROFILES, type TokenBinding } from './metadata/client-rules.js';

/**
 * Ends what a client was given under weaker rules than it has after a change (T142): otherwise a bearer token, or a grant to a client that
 * proved nothing, would stay good for weeks beside rules that promise otherwise.
 */
@Injectable()
export class ClientRenewals {
  constructor(
    private readonly store: ClientStore,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** Whether what it was given before still fits. A change of keys or secrets, of addresses or names ends nothing. */
  fits(before: ClientRow, after: ClientDescription): boolean {
    const [old, next] = [before, after].map(({ metadata, policy }) => {
      const client = { metadata, policy: { ...NO_POLICY, ...policy }, registeredBy: before.registered_by };
      return { ...clientRules(client, this.settings), isPublic: metadata.token_endpoint_auth_method === 'none' };
    }) as [Held, Held];
    return old.isPublic === next.isPublic && covers(old.binding, next.binding) && strictness(old) >= strictness(next);
  }

  /**
   * Ends tokens, codes and requests that wait; consents stay, so that most users are asked nothing. Call it first in a transaction. The epoch
   * also ends what other transactions are writing at this moment.
   */
  async renew(tx: Transaction, clientId: string): Promise<void> {
    const subject = clientSubject(clientId);
    const { epoch, isEnded } = await this.subjects.lockState(tx, subject);
    if (!isEnded) await this.subjects.renew(tx, subject, epoch);
    await this.revoker.revoke(tx, { clientId }, 'client changed');
    await this.store.endCodes(tx, clientId);
    await this.store.endRequests(tx, clientId);
  }
}

type Held = ReturnType<typeof clientRules> & { readonly isPublic: boolean };

function strictness({ profile }: Held): number {
  return profile === null ? -1 : FAPI_PROFILES.indexOf(profile);
}

/** Whether tokens that were issued under one rule meet another. */
function covers(old: TokenBinding, next: TokenBinding): boolean {
  return next === 'optional' || next === old || (next === 'either' && old !== 'optional');
}
