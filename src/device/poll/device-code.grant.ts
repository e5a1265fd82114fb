import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { DEVICE_CODE_GRANT, type Grant, type GrantRequest } from '../../common/grants/grant.js';
import type { TokenOrder, TokenResponse } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';
import { AcrLadder, UNKNOWN_ACR } from '../../common/principal/acr-ladder.js';
import { isSubset } from '../../common/principal/scopes.js';
import { signInFacts, type SignInFacts } from '../../common/tokens/sign-in-facts.js';
import type { PolledRow } from '../authorizations/device-authorization.store.js';
import { DevicePolling, spentBefore } from './device-polling.js';

/** Tokens for a device of a registered client (RFC 8628 3.4). */
@Injectable()
export class DeviceCodeGrant implements Grant {
  readonly grantType = DEVICE_CODE_GRANT;
  readonly isForUsers = true;
  readonly parameters = ['device_code'] as const;

  constructor(
    private readonly polling: DevicePolling,
    private readonly ports: HostPorts,
    private readonly database: Database,
    private readonly ladder: AcrLadder,
  ) {}

  async handle({ client, parameters, resources, sender }: GrantRequest): Promise<TokenResponse> {
    const approved = await this.polling.poll(parameters['device_code'], client.clientId, 'tokens');
    const server = this.ports.authorizationServer.get();
    const later = approved.resources.length === 0 && resources.length > 0;
    const granted = later ? server.laterResourcesFor(client, resources, approved.scopes) : approved.resources;
    const order: TokenOrder = {
      client,
      subjectId: approved.subject,
      subjectKind: 'user',
      sessionId: approved.session_id,
      source: 'device_code',
      sourceId: approved.id,
      scopes: approved.scopes,
      resources: granted,
      accessResources: narrowed(granted, resources),
      authorizationDetails: approved.authorization_details ?? [],
      authenticatedAt: approved.authenticated_at,
      sender,
      signIn: this.signInOf(approved),
      refreshable: true,
    };
    const prepared = await server.prepare(order);
    return this.database.transaction(async (tx) => {
      const tokens = await prepared.store(tx, this.polling.spending(approved));
      if (tokens === null) throw spentBefore();
      // Only the resources that the user saw, not those that the poll named later.
      await server.recordConsent(tx, { ...order, resources: approved.resources });
      return tokens;
    });
  }

  /** Of the sign-in in which the user approved. */
  private signInOf({ amr: methods, roles }: Pick<PolledRow, 'amr' | 'roles'>): SignInFacts {
    return signInFacts({ methods, acr: this.ladder.of(methods) ?? UNKNOWN_ACR, roles });
  }
}

/** RFC 8707 2.2: a subset of `resources`; all of them when the poll names none. */
function narrowed(resources: readonly string[], asked: readonly string[]): readonly string[] {
  if (asked.length === 0) return resources;
  if (isSubset(asked, new Set(resources))) return [...new Set(asked)];
  throw AuthError.oauth('invalid_target', 'The resource was not asked for with the device code');
}
