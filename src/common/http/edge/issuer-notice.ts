import { Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from '../../loopback-host.js';
import type { CoreSettings } from '../../options/core-options.js';

/**
 * Warns once when someone on this machine has opened another address than the issuer: `127.0.0.1` and `localhost` are one server, but a
 * browser keeps separate cookies for each. Away from loopback a server may have many names, and none of them is a mistake.
 */
export class IssuerNotice {
  private readonly logger = new Logger('Issuer');
  private isOver: boolean;
  /** The last `Host` that was found right. */
  private known: string | undefined;

  constructor(private readonly settings: Pick<CoreSettings, 'issuer' | 'issuerUrl'>) {
    this.isOver = !isLoopbackHost(settings.issuerUrl.hostname);
  }

  /** Called for every request to our routes, so it parses an address only once. */
  notice({ headers }: Pick<IncomingMessage, 'headers'>): void {
    if (this.isOver || (this.known !== undefined && headers.host === this.known)) return;
    // A proxy may call us by any address.
    if (headers['x-forwarded-host'] !== undefined || headers.forwarded !== undefined) return;
    const { protocol, origin } = this.settings.issuerUrl;
    const arrived = originOf(`${protocol}//${headers.host}`);
    if (arrived === null || arrived === origin) return void (this.known = headers.host);
    this.isOver = true;
    this.logger.warn(
      `issuer: a request came to ${arrived}, and the issuer is ${this.settings.issuer}. Cookies, redirects and the check of origins go by the ` +
        `issuer. Open ${origin} in the browser, or set the option issuer to the address that you open.`,
    );
  }
}

/** @returns the origin when it is a loopback one */
function originOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { hostname, origin } = new URL(address);
  return isLoopbackHost(hostname) ? origin : null;
}
