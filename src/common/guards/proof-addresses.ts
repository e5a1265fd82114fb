import type { IncomingMessage } from 'node:http';
import type { AuthRoutes } from '../http/routes/auth-routes.js';
import { pathOf } from './sender-constraint.js';

/**
 * The addresses by which a client may have reached a request: what a proof names as `htu` (RFC 9449 4.3) is compared with them. Made of
 * configured origins and the path as it arrived, with what a proxy in front has taken away; never of `Host` (T013).
 */
export class ProofAddresses {
  constructor(
    private readonly routes: Pick<AuthRoutes, 'issuerOrigin' | 'proxyPath'>,
    /** Besides that of the issuer. */
    private readonly origins: readonly string[],
  ) {}

  of(request: IncomingMessage): readonly string[] {
    const path = pathOf(request);
    const { issuerOrigin, proxyPath } = this.routes;
    const paths = proxyPath === '' ? [path] : [proxyPath + path, path];
    return [issuerOrigin, ...this.origins].flatMap((origin) => paths.map((one) => origin + one));
  }
}
