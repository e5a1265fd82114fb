import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import type { SubjectHoldings } from '../../common/subjects/subject.lifecycle.js';
import type { SubjectEnd } from '../../common/subjects/subject.store.js';
import { OAuthClientsService } from './oauth-clients.service.js';

/** Clients of a user who is deleted go with them: nobody would answer for them. Those of a disabled one stay; administration decides. */
@Injectable()
export class ClientHoldings implements SubjectHoldings {
  constructor(private readonly clients: OAuthClientsService) {}

  async end(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void> {
    if (end === 'forgotten') await this.clients.deleteOwnedBy(tx, subjectId);
  }
}
