import { UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { hash, timingSafeEqual } from 'node:crypto';

const digest = (text: string) => hash('sha256', text, 'buffer');

/** Opens the administration routes to one bearer token. A real host would check a role of its own users. */
export class AdminTokenGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(token: string) {
    this.expected = digest(`Bearer ${token}`);
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    if (timingSafeEqual(digest(headers['authorization'] ?? ''), this.expected)) return true;
    throw new UnauthorizedException('The administration token is missing or wrong');
  }
}
