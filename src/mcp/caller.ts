import type { AuthPrincipal } from '../common/principal/auth-principal.js';

/** Who is behind a request to an MCP endpoint, as its guard has found. */
export interface McpCaller {
  /** Null: let in without a credential. */
  readonly principal: AuthPrincipal | null;
  mayCall(tool: string): boolean;
}

/** By what is passed to tools: the request, and `extra` of the auth info. Nobody but the guard can write here, whatever a request carries. */
const callers = new WeakMap<object, McpCaller>();

export function noteCaller(caller: McpCaller, ...carriers: readonly object[]): void {
  for (const carrier of carriers) callers.set(carrier, caller);
}

/** What a tool is given, as far as it leads to the caller: of SDK 1 and 2, of mcp-nest, or a request. */
interface ToolArgument {
  /** SDK 1: `extra`; SDK 2: the context of a server's factory. */
  readonly authInfo?: unknown;
  /** SDK 2: the context of a tool. */
  readonly http?: { readonly authInfo?: unknown };
  /** An auth info itself. */
  readonly extra?: unknown;
  /** mcp-nest. */
  getRawRequest?(): unknown;
}

/** @param source whatever a tool, or the factory of a server, was given */
export function callerOf(source: unknown): McpCaller | null {
  if (!isObject(source)) return null;
  const known = callers.get(source);
  if (known) return known;
  const { authInfo, http, extra, getRawRequest } = source as ToolArgument;
  if (typeof getRawRequest === 'function') return callerOf(getRawRequest.call(source));
  const found = extra ?? authInfo ?? http?.authInfo;
  return isObject(found) && found !== source ? callerOf(found) : null;
}

function isObject(candidate: unknown): candidate is object {
  return typeof candidate === 'object' && candidate !== null;
}
