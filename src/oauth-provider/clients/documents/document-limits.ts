import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../../common/errors/auth-error.js';
import { addressKey } from '../../../common/http/request/client-address.js';
import { RateLimits } from '../../../common/limits/rate-limits.js';
import { InFlight } from '../../../common/outbound/in-flight.js';
import { AuthContext } from '../../../common/ports/auth-context.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../../oauth-provider.settings.js';

const MINUTE = { windowSeconds: 60 } as const;
/** At once, in one process: a site that keeps us waiting must not take all places. */
const AT_ONCE = { total: 16, perName: 4 };
const SOON_SECONDS = 2;

/**
 * How often strangers can make us read documents (CIMD 8.7): whoever names a client id makes us call an address of their choice. Above a limit
 * they are refused, and nothing waits.
 */
@Injectable()
export class DocumentLimits {
  private readonly running = new InFlight(AT_ONCE);

  constructor(
    private readonly limits: RateLimits,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * Counts one reading. The narrow limits come first, so that what they refuse takes nothing from others.
   * @param isKnown whether it is the document of a known client: strangers cannot use up what those need
   * @throws AuthError 429
   */
  async consume(clientId: string, isKnown: boolean): Promise<void> {
    const { perAddress, perOrigin, perMinute } = this.settings.clientDocuments!.limits;
    const caller = addressKey(AuthContext.requestContext?.address());
    await this.limits.consume({ name: 'client-document-address', max: perAddress, ...MINUTE }, caller);
    const { origin } = new URL(clientId);
    await this.limits.consume({ name: 'client-document-origin', max: perOrigin, ...MINUTE }, origin);
    await this.limits.consume({ name: 'client-document', max: perMinute, ...MINUTE }, isKnown ? 'known' : 'new');
  }

  /** @throws AuthError 429 when too many are being read; or what the work throws */
  async run<T>(clientId: string, work: () => Promise<T>): Promise<T> {
    const { host } = new URL(clientId);
    if (!this.running.hasRoom(host)) throw AuthError.tooManyRequests(SOON_SECONDS);
    this.running.enter(host);
    try {
      return await work();
    } finally {
      this.running.leave(host);
    }
  }
}
