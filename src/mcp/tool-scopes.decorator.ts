import { applyDecorators, UseFilters, UseGuards } from '@nestjs/common';
import { AuthErrorFilter } from '../common/http/edge/auth-error.filter.js';
import { TOOL_SCOPES_KEY, toolScopesOf } from './nest-tools.js';
import { checkedScopes } from './tool-needs.js';
import { ToolGuard } from './tool.guard.js';

/**
 * Requires all of these scopes of whoever calls the tool: on a `@Tool` of `@rekog/mcp-nest`, or on its class for all of them; both add up.
 * `@McpEndpoint()` on the controller of the route refuses the call with 403 `insufficient_scope`, and clients ask for the scopes. The tool
 * stays in the list: a client that does not see it cannot ask. To hide it from those who may not call it, use the decorator of mcp-nest of
 * the same name: it is read too.
 *
 * Where the route has no `@McpEndpoint()`, such as one that mcp-nest mounts itself, nobody may call the tool. Over stdio anybody may: there
 * the caller is who started the process.
 * @throws Error for what is not a scope; stops the boot
 *
 * @example
 * ``` class Notes { @Tool({ name: 'add_note' }) @ToolScopes('notes:write') add(@ToolPrincipal() principal: AuthPrincipal) {} } ```
 */
export function ToolScopes(...scopes: readonly string[]): ClassDecorator & MethodDecorator {
  const checked = checkedScopes('@ToolScopes()', scopes);
  const note = (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder = (descriptor?.value ?? target) as object;
    Reflect.defineMetadata(TOOL_SCOPES_KEY, [...toolScopesOf(holder), ...checked], holder);
  };
  return applyDecorators(note as ClassDecorator & MethodDecorator, UseGuards(ToolGuard), UseFilters(AuthErrorFilter));
}
