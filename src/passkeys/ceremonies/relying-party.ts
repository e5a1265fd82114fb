import { isIP } from 'node:net';
import type { CoreSettings } from '../../common/options/core-options.js';
import { resolveOrigin } from '../../common/options/trusted-origins.js';
import type { PasskeysSettings } from '../passkeys.options.js';

/** Who passkeys are made for, and where they may be used (WebAuthn 3, 5.1.2). */
export class RelyingParty {
  readonly id: string;
  readonly name: string;
  /** As they stand in the client data. */
  readonly origins: readonly string[];

  /** @throws Error with option, fault and remedy; stops the boot */
  constructor({ issuerUrl, trustedOrigins, pages }: CoreSettings, given: PasskeysSettings) {
    this.id = given.rpId ?? issuerUrl.hostname;
    this.name = given.rpName ?? pages.name ?? issuerUrl.host;
    if (isIP(this.id.replace(/^\[|\]$/g, '')) !== 0)
      throw new Error(
        `passkeys: they belong to a domain, and the host of the issuer, ${this.id}, is an IP address. Give the issuer with a name, e.g. http://localhost:3000.`,
      );
    const named = given.origins.map((origin) => resolveOrigin('passkeys.origins', origin));
    const webOrigins = new Set([issuerUrl.origin, ...(named.length > 0 ? named : trustedOrigins.exact)]);
    for (const origin of webOrigins) this.requireBelow(origin);
    this.origins = Object.freeze([...webOrigins, ...given.appOrigins]);
  }

  /** Browsers ask the list of public suffixes as well; without it one label alone is refused, such as `com`. */
  private requireBelow(origin: string): void {
    const { hostname } = new URL(origin);
    if (hostname === this.id || (this.id.includes('.') && hostname.endsWith(`.${this.id}`))) return;
    throw new Error(
      `passkeys: ${origin} is not at ${this.id} or below, so no browser would use these passkeys there. Give passkeys.rpId as a domain that all have in common, or in passkeys.origins those where passkeys are used.`,
    );
  }
}
