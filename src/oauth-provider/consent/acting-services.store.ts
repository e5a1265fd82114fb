import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';

/** A client that got a token of a user by the token of another client (RFC 8693), and so acts for the user through it. */
export interface ActingService {
  /** The client that the user has granted something. */
  readonly through: string;
  readonly clientId: string;
  readonly lastAt: Date;
}

/** Living tokens alone. They end with the tokens of the client that they were got through. */
const LIST: Statement = {
  name: 'auth_consent_acting_services',
  text: `SELECT f.client_id AS through, t.client_id AS "clientId", max(t.created_at) AS "lastAt"
         FROM auth_token_family f JOIN auth_token t ON t.family_id = f.id
         WHERE f.subject = $1 AND f.subject_kind = 'user' AND f.revoked_at IS NULL AND f.expires_at > now()
           AND t.client_id IS NOT NULL AND t.client_id <> f.client_id AND t.revoked_at IS NULL AND t.expires_at > now()
         GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 500`,
};

@Injectable()
export class ActingServices {
  constructor(private readonly database: Database) {}

  of(subjectId: string): Promise<ActingService[]> {
    return this.database.query<ActingService>(LIST, [subjectId]);
  }
}
