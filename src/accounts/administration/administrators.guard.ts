import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { principalOf } from '../../common/guards/admission.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { UserRoles } from '../users/user-roles.js';

const MAY = 'nest-authority:administrator-may';

/** Without `administrators` there are no such routes, also not for whoever is not signed in. */
@Injectable()
export class AdministratorsSwitch implements CanActivate {
  constructor(private readonly roles: UserRoles) {}

  canActivate(): boolean {
    if (this.roles.ofAdministrators.length > 0) return true;
    throw AuthError.notFound();
  }
}

@Injectable()
export class AdministratorsGuard implements CanActivate {
  constructor(private readonly roles: UserRoles) {}

  canActivate(context: ExecutionContext): boolean {
    const principal = principalOf(context);
    if (principal && this.roles.areOfAdministrator(principal.roles)) return true;
    const what = Reflect.getMetadata(MAY, context.getHandler()) as string;
    throw AuthError.forbidden(
      `YOU_ARE_NOT_ALLOWED_TO_${what}`,
      `You are not allowed to ${what.toLowerCase().replaceAll('_', ' ')}`,
    );
  }
}

/** A route for users in person whose session has a role of `accounts.administrators`. @param what the end of its code, e.g. `LIST_USERS` */
export function ForAdministrators(what: string): MethodDecorator {
  return applyDecorators(
    SetMetadata(MAY, what),
    UseGuards(AdministratorsSwitch),
    SessionAuth(),
    UseGuards(AdministratorsGuard),
  ) as MethodDecorator;
}

/** A route for whoever is signed in, where there are administrators. */
export function WithAdministrators(): MethodDecorator {
  return applyDecorators(UseGuards(AdministratorsSwitch), SessionAuth()) as MethodDecorator;
}
