/**
 * The entry for MCP servers: nothing in it imports an SDK of MCP, TypeORM or pg. The decorators that say who may enter are those of
 * `nest-authority`, or of `nest-authority/resource-server`.
 */
export { McpEndpoint, type McpEndpointOptions } from './mcp-endpoint.decorator.js';
export { mayCallTool, principalOf, ToolPrincipal } from './principal-of.js';
export type { McpAuthInfo } from './sdk-auth.js';
export { ToolScopes } from './tool-scopes.decorator.js';
