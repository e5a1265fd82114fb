import type { AuthError } from '../errors/auth-error.js';
import { checkOrigin } from '../http/origins/origin-check.js';
import type { TrustedOrigins } from '../http/origins/trusted-origins.js';
import type { ClientAddress } from '../http/request/client-address.js';
import type { EdgeContext, OpenConnection } from '../http/request/request-context.js';
import type { CredentialWatch } from '../live/credential-watch.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';

/** What the guard does for calls over connections that stay open. */
export class OpenConnections {
  constructor(
    private readonly watch: CredentialWatch,
    // A server that verifies the tokens of others has no cookies and trusts no proxy.
    private readonly origins?: TrustedOrigins,
    private readonly addresses?: ClientAddress,
  ) {}

  /** Before the credential is verified: a key may be good from some addresses only. */
  attend(requestContext: EdgeContext, { opened }: OpenConnection): void {
    requestContext.address = () => this.addresses?.of(opened) ?? opened.socket?.remoteAddress ?? null;
  }

  /**
   * Browsers open sockets for pages of any origin, with the cookie, and let the page read what comes.
   * @throws AuthError 403, as for a request that changes something
   */
  async admitCookie(requestContext: EdgeContext, { opened }: OpenConnection): Promise<void> {
    await checkOrigin('POST', opened.headers, {
      trusts: async (origin) => (await this.origins?.trusts(origin, requestContext)) ?? false,
    });
    requestContext.headers = { ...requestContext.headers, cookie: opened.headers['cookie'] };
  }

  /**
   * Closes the connection as soon as the credential no longer opens what it has opened.
   * @param verify verifies it again @throws AuthError
   */
  keep(principal: AuthPrincipal, policy: object, { context, connection, verify }: Kept): void {
    if (connection.kept.get(policy) === principal.credentialId || !connection.isOpen) return;
    connection.kept.set(policy, principal.credentialId);
    const ended = (reason: AuthError) => connection.close(reason);
    connection.onClosed(this.watch.watch(principal, { context, verify, ended }));
  }
}

export interface Kept {
  readonly context: EdgeContext;
  readonly connection: OpenConnection;
  readonly verify: () => AuthPrincipal | Promise<AuthPrincipal>;
}
