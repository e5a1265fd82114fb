import { Injectable } from '@nestjs/common';
import { UNKNOWN_ACR } from '../../common/principal/acr-ladder.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { requireInPerson } from '../../common/principal/impersonation.js';
import type { SignInFacts } from '../../common/tokens/sign-in-facts.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import type { BrowserUser } from '../codes/authorization-parameters.js';

/** Who is at the browser, as clients will know them. */
@Injectable()
export class BrowserUsers {
  constructor(private readonly identifiers: SubjectIdentifiers) {}

  /** @param principal the browser's session */
  of(client: RegisteredClient, principal: AuthPrincipal | null): BrowserUser | null {
    if (!principal?.sessionId || !principal.authenticatedAt) return null;
    // What a client is given, it could not tell from what the user gives.
    requireInPerson(principal);
    const { sessionId, subjectId, authenticatedAt, roles } = principal;
    const { amr = [], acr = UNKNOWN_ACR }: SignInFacts = principal.claims;
    const subject = this.identifiers.of(client, subjectId);
    return { sessionId, subjectId, authenticatedAt, subject, methods: amr, acr, roles: [...roles] };
  }
}
