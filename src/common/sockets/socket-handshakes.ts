import { Injectable, Optional } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { AuthError } from '../errors/auth-error.js';
import type { Authenticator } from '../guards/authenticator.js';
import { GuardServices } from '../guards/guard-services.js';
import { presentedCredential, type PresentedCredential } from '../guards/presented-credential.js';
import { checkOrigin } from '../http/origins/origin-check.js';
import { TrustedOrigins } from '../http/origins/trusted-origins.js';
import { ClientAddress } from '../http/request/client-address.js';
import { ClientCertificates } from '../http/request/client-certificates.js';
import type { EdgeContext } from '../http/request/request-context.js';
import { AuthContext } from '../ports/auth-context.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { requireNeeds, type ConnectionNeeds } from './connection-needs.js';
import type { HandshakeFields } from './handshake-fields.js';
import { edgeContextOf, type SocketConnection } from './socket.connection.js';

/** Reads the credential of a handshake, and decides whether its connection may be opened and may stay open. */
@Injectable()
export class SocketHandshakes {
  constructor(
    private readonly services: GuardServices,
    // A server that verifies the tokens of others has no cookies.
    @Optional() private readonly origins?: TrustedOrigins,
    @Optional() private readonly addresses?: ClientAddress,
    @Optional() private readonly certificates?: ClientCertificates,
  ) {}

  get authenticators(): readonly Authenticator[] {
    return this.services.authenticators;
  }

  /**
   * @param fields what the handshake carries in another place than a header field
   * @throws AuthError 400 two credentials, 401 none or a bad one, 403 lacking scope or a cookie from a foreign origin
   */
  async open(request: IncomingMessage, fields: HandshakeFields, needs: ConnectionNeeds): Promise<SocketConnection> {
    this.addresses?.notice(request);
    this.certificates?.strip(request);
    const { cookie, ...others } = request.headers;
    const context = edgeContextOf(
      request,
      { ...others, ...fields },
      {
        address: () => this.addresses?.of(request) ?? null,
        certificate: () => this.certificates?.of(request) ?? null,
      },
    );
    const rawHeaders = Object.keys(fields).length > 0 ? undefined : request.rawHeaders;
    const opening = { headers: others, rawHeaders: request.rawHeaders, fields };
    const named = needs.reads ? this.services.presentedAtOpening(opening, needs.policies) : null;
    if (cookie !== undefined && (await this.mayUseCookie(request, context, needs.reads && named === null)))
      Object.assign(context.headers, { cookie });
    if (!needs.reads) return { context, rawHeaders, presented: null };
    const presented = named ?? presentedCredential(context.headers, undefined, this.authenticators);
    const principal = presented && (await AuthContext.run(context, () => identify(presented, context)));
    requireNeeds(principal, presented, needs, this.services);
    context.principal = principal;
    return { context, rawHeaders, presented: principal && presented };
  }

  /** Once more, for a connection that is open. @throws AuthError when it would not be opened now */
  async verify({ presented, context }: SocketConnection, needs: ConnectionNeeds): Promise<AuthPrincipal> {
    const { authenticator, credential } = presented!;
    const principal = await authenticator.authenticate(credential, context);
    requireNeeds(principal, presented, needs, this.services);
    context.principal = principal;
    return principal;
  }

  /**
   * Browsers add cookies to the handshake of any page, and no CORS stops it: they count only from a trusted origin.
   * @param isCredential nothing else is presented, so a foreign origin is an attack to refuse, not a cookie to leave aside
   * @throws AuthError 403
   */
  private async mayUseCookie(request: IncomingMessage, context: EdgeContext, isCredential: boolean): Promise<boolean> {
    const { headers } = request;
    const isSession = this.authenticators.some((one) => one.carrier === 'cookie' && one.present(headers) !== undefined);
    if (!isSession) return true;
    try {
      if (!this.origins) return false;
      const { origins } = this;
      // As a request that changes something: what a socket does is decided by its messages.
      await AuthContext.run(context, () => checkOrigin('POST', headers, origins));
      return true;
    } catch (error) {
      if (isCredential || !(error instanceof AuthError)) throw error;
      return false;
    }
  }
}

/** @returns null for a bad cookie, which counts as no credential, as over HTTP */
async function identify(presented: PresentedCredential, context: EdgeContext): Promise<AuthPrincipal | null> {
  const { authenticator, credential } = presented;
  try {
    const principal = await authenticator.authenticate(credential, context);
    // A proof of a key is good for one request: a copy of the handshake opens nothing.
    if (principal.confirmation) await authenticator.admit?.(principal, context);
    return principal;
  } catch (error) {
    if (authenticator.carrier === 'cookie' && error instanceof AuthError && error.status === 401) return null;
    throw error;
  }
}
