import type { BearerRequirement } from './bearer.authenticator.js';
import { BearerAuth, type AuthDecorator } from './decorators.js';

/**
 * The routes of a protected resource, e.g. an MCP server: takes tokens that are meant for it, and no others; its challenges lead clients to its document
 * (RFC 9728 5.1) and name the scopes to ask for. The same as `@BearerAuth({ resource })`. Unless the option `resources` has it, the
 * application does not start.
 * @param resource its identifier, or its path where only one resource has that
 *
 * @example
 * ``` @ProtectedResource('/mcp') class McpController { @Post() @Scopes('files:read') handle() {} } ```
 */
export function ProtectedResource(
  resource: string,
  requirement?: Omit<BearerRequirement, 'resource' | 'audience'>,
): AuthDecorator {
  return BearerAuth({ ...requirement, resource });
}
