import {
  applyDecorators,
  Inject,
  Injectable,
  Optional,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import { OWN_ROUTES_KEY } from '../http/routes/auth-policy.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { actorOf, requireInPerson } from '../principal/impersonation.js';
import { principalOf } from './admission.js';
import { challenged } from './challenged.js';
import { Auth, type AuthDecorator } from './decorators.js';
import { GuardServices } from './guard-services.js';

const ALSO_IMPERSONATED = 'nest-authority:also-impersonated';

/**
 * Credentials that stand for the user in person. A JWT is for services: a service that was shown one must not manage the account with it.
 */
const FIRST_PARTY_CREDENTIALS: ReadonlySet<string> = new Set(['session', 'access_token']);

/** Whether a principal is the user in person: their session, or a token of a first-party app. Clients and API keys never are. */
export function isFirstParty(principal: AuthPrincipal | undefined | null): boolean {
  return (
    principal?.kind === 'user' &&
    principal.clientId === null &&
    principal.sessionId !== null &&
    FIRST_PARTY_CREDENTIALS.has(principal.credentialType)
  );
}

/** As `isFirstParty`, and not an administrator who acts as the user: for what such a route does besides what it shows. */
export function isInPerson(principal: AuthPrincipal | undefined | null): boolean {
  return isFirstParty(principal) && actorOf(principal!) === null;
}

@Injectable()
export class FirstPartyGuard implements CanActivate {
  /** Optional, as in `AuthGuard`. */
  @Optional() @Inject(GuardServices) private readonly services: GuardServices | undefined;

  canActivate(context: ExecutionContext): boolean {
    const principal = principalOf(context);
    if (isFirstParty(principal)) {
      if (changesAccount(context)) requireInPerson(principal!);
      return true;
    }
    const error = AuthError.invalidToken('this route is for the user in person, not for a client that acts for them');
    throw challenged(error, context, this.services);
  }
}

/**
 * Whether the call changes something of the user's own account: every call of ours that is no reading. What a host's own routes do, the host
 * decides, who knows by `claims.act` that an administrator acts as the user.
 */
function changesAccount(context: ExecutionContext): boolean {
  const [handler, controller] = [context.getHandler(), context.getClass()];
  if (context.getType() !== 'http' || Reflect.getMetadata(OWN_ROUTES_KEY, controller) !== true) return false;
  if (Reflect.getMetadata(ALSO_IMPERSONATED, handler) === true) return false;
  const { method } = context.switchToHttp().getRequest<{ readonly method: string }>();
  return method !== 'GET' && method !== 'HEAD';
}

/** A route of ours by which administrators who act as a user change nothing of the account, although it takes POST. */
export const AlsoImpersonated = (): MethodDecorator => SetMetadata(ALSO_IMPERSONATED, true);

/**
 * For routes by which users manage their own account: takes the session cookie, a session token or a first-party access token. An OAuth
 * access token, a JWT or an API key opens none of them, whatever its scopes.
 *
 * @example
 * ``` class Account { @Delete() @SessionAuth() close(@CurrentUser() user: HostUser) {} } ```
 */
export function SessionAuth(): AuthDecorator {
  return applyDecorators(Auth('session', 'bearer'), UseGuards(FirstPartyGuard)) as AuthDecorator;
}
