import { Inject, Injectable } from '@nestjs/common';
import type { StartedSession } from '../../common/ports/sessions.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { isLoopbackHost } from '../../common/loopback-host.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.options.js';
import { OneTimeTokens } from './one-time-tokens.js';

/** Parameter of the callback address that carries the token. */
const PARAMETER = 'ott';

/** Puts one-time tokens into callback addresses, where the options want them there. */
@Injectable()
export class CallbackTokens {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly origins: TrustedOrigins,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** @param address checked when the way there began; it is asked again whether it is trusted, since that may be minutes ago */
  async addTo(address: string, { session }: StartedSession): Promise<string> {
    if (!this.wants(address) || !(await this.isTrusted(address))) return address;
    const token = await this.tokens.make({ sessionId: session.id, subjectId: session.userId });
    if (token === null) return address;
    const url = new URL(address);
    // In place of one that whoever made the address may have put there.
    url.searchParams.set(PARAMETER, token);
    return url.href;
  }

  private wants(address: string): boolean {
    const { inCallback } = this.settings.oneTimeToken;
    if (inCallback === 'none' || !URL.canParse(address)) return false;
    const { protocol, origin, hostname } = new URL(address);
    if (!/^https?:$/.test(protocol)) return true;
    // Our own origin has the cookie; without TLS anybody on the way would have the token.
    const isSafe = protocol === 'https:' || isLoopbackHost(hostname);
    return inCallback === 'all' && isSafe && origin !== this.core.issuerUrl.origin;
  }

  private async isTrusted(address: string): Promise<boolean> {
    return requireCallbackUrl(address, this.origins).then(
      () => true,
      () => false,
    );
  }
}
