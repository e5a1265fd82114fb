import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../common/errors/auth-error.js';
import { putPrincipal } from '../common/guards/admission.js';
import { callerOf } from './caller.js';
import { nestTool } from './nest-tools.js';

/** The context of mcp-nest, as far as we ask it. */
interface McpNestContext {
  getSession?(): { readonly transport?: unknown };
}

/**
 * The last gate of a tool with `@ToolScopes`, behind that of its route, where a call can no longer be answered with 403: it keeps routes
 * without the first one closed.
 */
@Injectable()
export class ToolGuard implements CanActivate {
  /** @throws AuthError 401 behind a route that tells nothing of the caller, 403 */
  canActivate(context: ExecutionContext): boolean {
    const given = context.switchToRpc().getContext<McpNestContext>();
    if (given.getSession?.().transport === 'stdio') return true;
    const { name, needs } = nestTool(context.getHandler(), context.getClass());
    const caller = callerOf(given);
    if (!caller?.principal) throw AuthError.unauthenticated();
    if (!caller.mayCall(name)) throw AuthError.insufficientScope(needs.scopes);
    putPrincipal(context, caller.principal);
    return true;
  }
}
