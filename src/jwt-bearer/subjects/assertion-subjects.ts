import { Injectable } from '@nestjs/common';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Client } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { isSubject } from '../issuers/assertion-claims.js';
import { SUBJECT_WAYS, type SubjectWay } from '../issuers/assertion-issuer.options.js';
import type { Assertion } from '../issuers/assertions.js';
import { Newcomers } from './newcomers.js';

/** Whom an assertion is about, here. */
@Injectable()
export class AssertionSubjects {
  private readonly ways: Readonly<Record<SubjectWay, (assertion: Assertion) => Promise<HostUser | null>>> = {
    linked: (assertion) => this.byAccount(assertion),
    aud_sub: (assertion) => this.byId(assertion),
    email: (assertion) => this.byAddress(assertion),
  };

  constructor(
    private readonly ports: HostPorts,
    private readonly newcomers: Newcomers,
  ) {}

  /** @throws AuthError 400 `invalid_grant` when it is nobody of ours; the host's veto */
  async find(assertion: Assertion, client: Client): Promise<HostUser> {
    const { issuer } = assertion;
    const found = issuer.subjectOf ? await this.byHost(assertion, client) : await this.byWays(assertion);
    if (found) return found;
    if (issuer.createUsers) return this.newcomers.admit(assertion);
    throw AuthError.invalidGrant(`assertion: no user belongs to its subject at ${issuer.issuer}`);
  }

  private async byWays(assertion: Assertion): Promise<HostUser | null> {
    for (const way of SUBJECT_WAYS) {
      const user = assertion.issuer.ways.has(way) ? await this.ways[way](assertion) : null;
      if (user) return user;
    }
    return null;
  }

  private async byHost({ issuer, claims }: Assertion, { clientId }: Client): Promise<HostUser | null> {
    const id = await issuer.subjectOf!(claims, { issuer: issuer.issuer, clientId });
    return id === null ? null : this.ports.users.get().find(id);
  }

  private async byAccount({ account }: Assertion): Promise<HostUser | null> {
    const owner = await this.ports.linkedAccounts.get().ownerOf(account);
    return owner === null ? null : this.ports.users.get().find(owner);
  }

  private async byId({ claims }: Assertion): Promise<HostUser | null> {
    const id = claims['aud_sub'];
    return isSubject(id) ? this.ports.users.get().find(id) : null;
  }

  /** T112: both sides have verified the address, and the option trusts the issuer with it. */
  private async byAddress({ claims }: Assertion): Promise<HostUser | null> {
    const email = typeof claims['email'] === 'string' ? normaliseEmail(claims['email']) : null;
    if (email === null || claims['email_verified'] !== true) return null;
    const user = await findByAddress(this.ports.users.get(), email);
    return user?.emailVerified ? user : null;
  }
}
