import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { OPTIONAL_KEY, SCHEME_KEY_PREFIX } from '../../common/http/routes/auth-policy.js';
import { AuthGuard } from '../../common/guards/auth.guard.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { ClientSecrets } from '../clients/client.secrets.js';
import { bearerOf } from './registrants.js';

/** The ordinary guard, except that it passes initial access tokens: they identify nobody, and are known only here. */
@Injectable()
export class RegistrantGuard implements CanActivate {
  constructor(
    private readonly guard: AuthGuard,
    private readonly secrets: ClientSecrets,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const token = bearerOf(context.switchToHttp().getRequest<GuardedRequest>().headers);
    return token !== null && this.secrets.isInitialAccessToken(token) ? true : this.guard.canActivate(context);
  }
}

/** Passes every caller that may register clients in some mode; `Registrants` checks the mode. */
export function RegistrantAuth(): MethodDecorator {
  return applyDecorators(
    SetMetadata(`${SCHEME_KEY_PREFIX}session`, {}),
    SetMetadata(`${SCHEME_KEY_PREFIX}bearer`, {}),
    SetMetadata(OPTIONAL_KEY, true),
    UseGuards(RegistrantGuard),
  );
}
