import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import { Extensions } from '../extensions.js';
import type { Client, TokenResponse } from '../ports/authorization-server.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { HostPorts } from '../ports/port.js';
import { HttpReply } from '../http/request/reply.js';
import type { GuardedRequest } from '../http/request/request-context.js';
import type { SenderProof } from '../ports/sender-proof.js';
import { presentedClient } from './client-authentication.js';
import { readForm, type OAuthForm } from './oauth-form.js';
import { SenderProofs } from './sender-proofs.js';

/** The token endpoint (RFC 6749 3.2): one service behind all its paths. */
@Injectable()
export class TokenEndpoint {
  constructor(
    private readonly extensions: Extensions,
    private readonly ports: HostPorts,
    private readonly proofs: SenderProofs,
    @Inject(CORE_SETTINGS) private readonly settings: CoreSettings,
  ) {}

  /**
   * Reads the form and the proof of a key, then authenticates the client, then looks at the grant. In this order an unknown caller learns nothing about grants,
   * and a client that may not use a grant is refused before anything is looked up.
   * @param request with the body as the edge has parsed it
   * @throws AuthError of RFC 6749 5.2
   */
  async answer(request: GuardedRequest): Promise<HttpReply<TokenResponse>> {
    const form = readForm(request.body, ['resource']);
    const { grant_type: grantType } = form.parameters;
    if (grantType === undefined) throw AuthError.invalidRequest('grant_type is missing');
    const presented = await this.proofs.of(request);
    const server = this.ports.authorizationServer.get();
    const client = await server.authenticateClient(presentedClient(request.headers, form.parameters));
    const tokens = await this.run(client, grantType, form, server.senderOf(client, presented, grantType));
    const reply = new HttpReply(tokens).header('Pragma', 'no-cache');
    return presented.nonce === null ? reply : reply.header('DPoP-Nonce', presented.nonce);
  }

  private run(client: Client, grantType: string, form: OAuthForm, sender: SenderProof): Promise<TokenResponse> {
    const grant = this.extensions.grants.find((one) => one.grantType === grantType);
    if (!grant) throw AuthError.oauth('unsupported_grant_type', 'This grant_type is not offered');
    if (!client.grantTypes.has(grantType))
      throw AuthError.oauth('unauthorized_client', 'This client may not use this grant_type');
    const parameters = Object.fromEntries(grant.parameters.map((name) => [name, form.parameters[name]]));
    // What was granted is kept in our spelling (RFC 8707 2).
    const resources = this.settings.resources.asSpelled(form.repeated['resource'] ?? []);
    return grant.handle({ client, parameters, resources, sender });
  }
}
