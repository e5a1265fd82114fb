import { Inject, Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { SessionsService } from 'nest-authority';
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Who administers the demo. */
export interface Administration {
  /** Addresses of users. A real host would have a role among its own data. */
  readonly administrators: readonly string[];
  /** A bearer token for programs; null: none. */
  readonly adminToken: string | null;
}

export const ADMINISTRATION = Symbol('demo:administration');

const digest = (text: string) => hash('sha256', text, 'buffer');

/**
 * Opens the administration, routes and pages alike, to the session of an administrator and to one bearer token. Only to a session: an
 * administrator's API key, or a token of an application that they use, acts for them, but does not administer.
 */
@Injectable()
export class AdministratorGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionsService,
    @Inject(ADMINISTRATION) private readonly administration: Administration,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<{ headers: IncomingHttpHeaders }>();
    if (this.isToken(headers.authorization)) return true;
    const found = await this.sessions.identified(headers);
    const { administrators } = this.administration;
    if (found?.principal.credentialType === 'session' && administrators.includes(found.current.user.email)) return true;
    throw new UnauthorizedException('Sign in as an administrator, or send the administration token');
  }

  private isToken(authorization: string | undefined): boolean {
    const { adminToken } = this.administration;
    return adminToken !== null && timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${adminToken}`));
  }
}
