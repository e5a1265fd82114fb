import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { header } from '../../common/http/headers.js';
import type { GuardedRequest } from '../../common/http/request-scope.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';

/**
 * Opening a code is a GET that changes something: it makes the code the user's, and a wrong one costs a try. A page of another site, which
 * could send a browser here with links and images, must neither claim for its user nor burn his tries.
 */
@Injectable()
export class OwnSiteGuard implements CanActivate {
  constructor(@Inject(CORE_SETTINGS) private readonly settings: CoreSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<GuardedRequest>();
    if (header(headers, 'sec-fetch-site') !== 'cross-site') return true;
    if (this.settings.trustedOrigins.has(header(headers, 'origin') ?? '')) return true;
    throw AuthError.forbidden('INVALID_ORIGIN', 'Another site cannot do this');
  }
}
