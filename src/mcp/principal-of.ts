import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { callerOf } from './caller.js';

/**
 * The principal who calls a tool; null behind a route without `@McpEndpoint()`, and for callers without a credential where those are let in.
 * @param source what the tool was given: `extra` (SDK 1), `ctx` (SDK 2, also that of a factory), `McpContext` (mcp-nest), an auth info, or the
 *   request
 *
 * @example
 * server.registerTool('whoami', {}, (extra) => ({ content: [{ type: 'text', text: principalOf(extra)!.subjectId }] }));
 */
export function principalOf(source: unknown): AuthPrincipal | null {
  return callerOf(source)?.principal ?? null;
}

/**
 * Whether the caller has the scopes that the endpoint requires for a tool, e.g. to leave it out of the list.
 * @param source as for `principalOf`
 *
 * @example
 * if (!mayCallTool(request, 'add_note')) server.registerTool('add_note', {}, addNote).disable();
 */
export function mayCallTool(source: unknown, tool: string): boolean {
  return callerOf(source)?.mayCall(tool) === true;
}

/**
 * The principal who calls a tool of `@rekog/mcp-nest`; null where `principalOf` is.
 *
 * @example
 * ``` class Notes { @Tool({ name: 'add_note' }) add(@ToolPrincipal() principal: AuthPrincipal) {} } ```
 */
export const ToolPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  principalOf(context.switchToRpc().getContext<unknown>()),
);
