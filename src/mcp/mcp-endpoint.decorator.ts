import { applyDecorators, UseFilters } from '@nestjs/common';
import type { AuthDecorator } from '../common/guards/decorators.js';
import { AuthErrorFilter } from '../common/http/edge/auth-error.filter.js';
import { ENDPOINT_KEY, McpGuard } from './mcp.guard.js';
import { checkedScopes, type ToolTable } from './tool-needs.js';

/** Of Nest, where `@UseGuards` puts them, the first to run first. */
const GUARDS_KEY = '__guards__';

export interface McpEndpointOptions {
  /**
   * Scopes that a tool requires, all of them, by its name. Default: none beyond those of the route. For the tools of `@rekog/mcp-nest` they
   * are at the tool: `@ToolScopes`.
   */
  readonly tools?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * The route of an MCP server (Streamable HTTP): a handler that passes its requests to the SDK, or a controller of `@rekog/mcp-nest`. It
 * stands beside the decorator that says who may enter, and does two things. A call of a tool whose scopes the token lacks is refused with 403
 * `insufficient_scope` and all scopes of the operation, by which clients ask for them. And the SDK finds its `AuthInfo`, with the principal
 * in `extra`, at `request.auth`, where other routes have the principal; `@CurrentPrincipal()` is as everywhere.
 * @throws Error for what is not a scope; stops the boot
 *
 * @example
 * ``` @Controller('mcp') @BearerAuth() @McpEndpoint({ tools: { add_note: 'notes:write' } }) class McpController { } ```
 */
export function McpEndpoint({ tools = {} }: McpEndpointOptions = {}): AuthDecorator {
  const table: ToolTable = new Map(
    Object.entries(tools).map(([name, scopes]) => [
      name,
      { scopes: checkedScopes(`@McpEndpoint({ tools }): ${name}`, [scopes].flat()), anyScope: [] },
    ]),
  );
  const note = (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder = (descriptor?.value ?? target) as object;
    Reflect.defineMetadata(ENDPOINT_KEY, table, holder);
    // Before others of ours, whatever the order of the decorators: it knows more of the scopes that a refusal has to name.
    const others = (Reflect.getMetadata(GUARDS_KEY, holder) as unknown[] | undefined) ?? [];
    Reflect.defineMetadata(GUARDS_KEY, [McpGuard, ...others], holder);
  };
  return applyDecorators(note as ClassDecorator & MethodDecorator, UseFilters(AuthErrorFilter)) as AuthDecorator;
}
