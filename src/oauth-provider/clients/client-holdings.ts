import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { SUBJECT_HOLDINGS } from '../../common/registries.js';
import type { Registry } from '../../common/registry.js';
import type { SubjectHoldings } from '../../common/subjects/subject.lifecycle.js';
import type { SubjectEnd } from '../../common/subjects/subject.store.js';
import { Sweeper, sweepWhere } from '../../common/sweeper/sweeper.js';
import { OAuthClientsService } from './oauth-clients.service.js';

/** Clients of a user who is deleted go with him: nobody would answer for them. Those of a disabled one stay; administration decides. */
@Injectable()
export class ClientHoldings implements SubjectHoldings {
  constructor(
    private readonly clients: OAuthClientsService,
    @Inject(SUBJECT_HOLDINGS) holdings: Registry<SubjectHoldings>,
    sweeper: Sweeper,
  ) {
    holdings.add('oauthClients', this);
    sweeper.add(sweepWhere('auth_initial_access_token', 'id', `expires_at < now() - interval '1 day'`));
  }

  async end(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void> {
    if (end === 'forgotten') await this.clients.deleteOwnedBy(tx, subjectId);
  }
}
