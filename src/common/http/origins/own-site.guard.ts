import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { header } from '../request/headers.js';
import type { GuardedRequest } from '../request/request-context.js';
import { TrustedOrigins } from './trusted-origins.js';

/**
 * For a GET that changes something: opening a user code makes it the user's, asking for a one-time token makes one. A page of another site,
 * which could send a browser here with links and images, must not have that done for its user.
 */
@Injectable()
export class OwnSiteGuard implements CanActivate {
  constructor(private readonly origins: TrustedOrigins) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<GuardedRequest>();
    if (header(headers, 'sec-fetch-site') !== 'cross-site') return true;
    if (await this.origins.trusts(header(headers, 'origin') ?? 'null')) return true;
    throw AuthError.forbidden('INVALID_ORIGIN', 'Invalid origin', 'another site asks');
  }
}
